using BatchEtl.Core.Publishing;

namespace BatchEtl.Core.Runs;

/// <summary>What a day's run counted; the manifest's <c>counts</c> and P2's headline numbers.</summary>
public sealed class DayCounts
{
    /// <summary>Landed records of the folders that start in D.</summary>
    public long Records { get; set; }

    /// <summary>E3's reasons → records of the folders that start in D.</summary>
    public SortedDictionary<string, long> Rejects { get; } = new(StringComparer.Ordinal);

    /// <summary>For each of E7's conditions the records of the folders that start in D.</summary>
    public long[] Excluded { get; set; } = [];

    /// <summary>Records of erased actors and users, not rejected, of the folders that start in D (P7).</summary>
    public long Erased { get; set; }

    /// <summary>Valid records before history of the folders that start in D (T4).</summary>
    public long BeforeHistory { get; set; }

    /// <summary>Duplicates of D by their own time (E4).</summary>
    public long Duplicates { get; set; }

    /// <summary>Valid records of D by their own time, from history_start on.</summary>
    public long ValidRecords { get; set; }

    public long Events { get; set; }

    public long Sessions { get; set; }

    /// <summary>Actors active on D (A0).</summary>
    public long Actors { get; set; }

    /// <summary>Sums of measures over events(D), as text.</summary>
    public SortedDictionary<string, string> Sums { get; } = new(StringComparer.Ordinal);

    /// <summary>Hours of D, from start(D), that hold a valid record.</summary>
    public SortedSet<int> HoursSeen { get; } = [];

    /// <summary>Hours begun in D.</summary>
    public int Hours { get; set; }

    /// <summary>A6.</summary>
    public double Completeness => Hours == 0 ? 0 : (double)HoursSeen.Count / Hours;

    /// <summary>File index → its records.</summary>
    public Dictionary<int, long> FileRecords { get; } = [];

    /// <summary>File index → day → records that are not rejected, by their own time.</summary>
    public Dictionary<int, SortedDictionary<DateOnly, long>> FileDays { get; } = [];

    /// <summary>Indexes of files that hold a record of [start(D) − gap − horizon, end(D) + carry_over) (P4).</summary>
    public HashSet<int> InputFiles { get; } = [];

    /// <summary>The counts of a published day, for jobs that build on it.</summary>
    internal static DayCounts Of(Manifest manifest)
    {
        var counts = new DayCounts { Events = manifest.Counts.Events, Sessions = manifest.Counts.Sessions, Actors = manifest.Counts.Actors, Hours = manifest.Hours };
        counts.HoursSeen.UnionWith(manifest.HoursSeen);
        return counts;
    }
}
