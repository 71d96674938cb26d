using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>
/// P4: nights in which files come late, twice, corrected or not at all, some of them killed. They run again exactly what changed, and end as a
/// warehouse that was built afterwards from everything. BATCH_ETL_NIGHTS asks for more of them.
/// </summary>
[TestFixture]
public sealed partial class LateDataTests
{
    private static readonly DateOnly _first = new(2026, 3, 27);
    private static readonly Dictionary<(string File, DateTime Written), DateTime[]> _instants = [];
    private static readonly int _nights = int.Parse(Environment.GetEnvironmentVariable("BATCH_ETL_NIGHTS") ?? "9", CultureInfo.InvariantCulture);

    /// <param name="killed">Nights are killed before they are run; what they must build then depends on how far they came.</param>
    [TestCase(1, false)]
    [TestCase(2, true)]
    public void NightsEndAsAWarehouseBuiltFromEverything(int seed, bool killed)
    {
        using var night = new Night(1_000L * _nights, _nights);
        var random = new Random(seed);
        var everything = Path.Combine(night.Folder, "everything");
        Directory.Move(night.Landing, everything);
        var arrivals = Arrivals(everything, random);
        var clean = Path.Combine(night.Folder, "clean");
        var last = _first.AddDays(_nights - 1);
        string[] all = ["--from", Text(_first), "--to", Text(last)];
        ProgramRun Backfill(params string[] more) => ProgramRun.Of(["backfill", "--pipeline", night.Pipeline, "--as-of", $"{Text(last.AddDays(20))}T00:00:00Z", .. all, .. more]);
        var built = Backfill("--set", $"landing.root={everything}", "--set", $"warehouse.root={clean}");
        Assert.That(built.ExitCode, Is.Zero, built.Error);
        var inputs = Days(last).ToDictionary(d => d, d => Manifest(clean, d)!["inputs"]!.AsArray().Where(i => (bool)i!["input"]!).Select(i => (string)i!["file"]!).ToHashSet());

        var restated = 0;
        var changedSince = Days(last).ToDictionary(d => d, _ => new HashSet<string>());
        for (var day = _first; day <= last; day = day.AddDays(1))
        {
            var asOf = day.AddDays(1).ToDateTime(new TimeOnly(3, 0), DateTimeKind.Utc);
            foreach (var (file, source) in arrivals.Where(a => a.At <= asOf).OrderBy(a => a.At).Select(a => (a.File, a.Source)))
            {
                Deliver(source, Path.Combine(night.Landing, file));
                foreach (var changed in changedSince.Values)
                {
                    changed.Add(file);
                }
            }

            arrivals.RemoveAll(a => a.At <= asOf);
            if (killed)
            {
                ProgramRun.Killed(TimeSpan.FromMilliseconds(random.Next(8_000)), Nightly(night, day, asOf));
            }

            var before = Days(day).ToDictionary(d => d, d => Manifest(night.Warehouse, d));
            var expected = Expected(night, day, before, changedSince, inputs);
            var run = ProgramRun.Of(Nightly(night, day, asOf));
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            var id = RunOf(night.Warehouse, day);
            var rerun = Days(day).Where(d => RunOf(night.Warehouse, d) == id).ToDictionary(d => d, d => Directory.GetFiles(Partition(night.Warehouse, "events", d)).All(f => f.Contains(id, StringComparison.Ordinal)));
            Assert.That(rerun, killed ? Is.Not.Empty : Is.EquivalentTo(expected), $"days that the night of {day} built, and whether from what landed\n{run.Error}");
            foreach (var (built2, _) in rerun)
            {
                changedSince[built2].Clear();
            }

            restated += rerun.Count(r => r.Value) - 1;
        }

        TestContext.Out.WriteLine($"{_nights} nights built {restated} earlier days again");
        Assert.That(restated, Is.GreaterThan(_nights / 3));
        foreach (var (_, file, source) in arrivals)
        {
            Deliver(source, Path.Combine(night.Landing, file));
        }

        Assert.That(Backfill().ExitCode, Is.Zero);
        var rows = night.Rows();
        foreach (var (table, text) in night.Rows(clean).Where(t => !t.Key.StartsWith("restatements", StringComparison.Ordinal)))
        {
            Assert.That(rows[table], Is.EqualTo(text), table);
        }

        Assert.That(Backfill().Output, Does.Contain("nothing to do"));
    }

    /// <summary>Day → whether it is built from what landed: with inputs that changed, the day behind it (S4), the night's own; all behind the first for their chain.</summary>
    private static Dictionary<DateOnly, bool> Expected(
        Night folders, DateOnly night, Dictionary<DateOnly, JsonNode?> published, Dictionary<DateOnly, HashSet<string>> changedSince, Dictionary<DateOnly, HashSet<string>> inputs)
    {
        var expected = new Dictionary<DateOnly, bool> { [night] = true };

        // end(D) + 4 h > start(night) − 3 d, for the local days of this pipeline: the three days before, and the one whose carry-over reaches into them.
        foreach (var day in Days(night).Where(d => d < night && d >= night.AddDays(-4)))
        {
            if (changedSince[day].Overlaps(inputs[day]) || changedSince[day].Overlaps(Was(day)))
            {
                expected[day] = true;
                expected[day.AddDays(1)] = true;
            }
        }

        // A day further back whose sessions the first of them goes on: a late file has records around the midnight between them (S4).
        for (var day = expected.Keys.Min().AddDays(-1); day >= _first && changedSince[day].Any(f => Was(day).Contains(f) || HoldsAround(Path.Combine(folders.Landing, f), day)); day = day.AddDays(-1))
        {
            expected[day] = true;
        }

        foreach (var day in Days(night).Where(d => d > expected.Keys.Min()))
        {
            expected.TryAdd(day, false);
        }

        return expected;
        IEnumerable<string> Was(DateOnly day) => published[day]!["inputs"]!.AsArray().Where(i => (bool)i!["input"]!).Select(i => (string)i!["file"]!);
    }

    /// <summary>Whether a file has an event in the half hour before a day's end or the four hours behind it.</summary>
    private static bool HoldsAround(string file, DateOnly day)
    {
        // What lands earlier, or later than the lateness behind it, has none: not worth a look.
        var folder = DateOnly.ParseExact(Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file)))!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (folder < day || folder > day.AddDays(4))
        {
            return false;
        }

        var end = TimeZoneInfo.ConvertTimeToUtc(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeZoneInfo.FindSystemTimeZoneById("Europe/Vilnius"));
        if (!_instants.TryGetValue((file, File.GetLastWriteTimeUtc(file)), out var instants))
        {
            instants = [.. OccurredAt().Matches(ProgramRun.Of("cat", file).Output).Select(m => DateTime.UnixEpoch.AddMilliseconds(double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)))];
            _instants[(file, File.GetLastWriteTimeUtc(file))] = instants;
        }

        return instants.Any(t => t >= end.AddMinutes(-30) && t < end.AddHours(4));
    }

    [GeneratedRegex("\"occurred_at\":[^0-9]*([0-9]{13})")]
    private static partial Regex OccurredAt();

    /// <summary>When which content arrives under which name: mostly in time, else nights later; some first with another hour's content, some never the way they should.</summary>
    private static List<(DateTime At, string File, string Source)> Arrivals(string everything, Random random)
    {
        var arrivals = new List<(DateTime, string, string)>();
        string? neighbour = null;
        foreach (var source in Directory.GetFiles(everything, "*.avro", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var file = Path.GetRelativePath(everything, source);
            var landed = DateTime.ParseExact(file[.."2026-03-27/12".Length], "yyyy-MM-dd/HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal).AddHours(1);
            var late = landed.AddDays(random.Next(14) == 0 ? 1 + random.Next(5) : 0);
            if (random.Next(40) == 0 && neighbour is not null)
            {
                arrivals.Add((landed, file, neighbour)); // Corrected later.
                late = landed.AddDays(1 + random.Next(2));
            }

            arrivals.Add((late, file, source));
            neighbour = source;
        }

        return arrivals;
    }

    private static void Deliver(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target, overwrite: true);
    }

    private static string[] Nightly(Night night, DateOnly day, DateTime asOf) =>
        ["nightly", "--pipeline", night.Pipeline, "--date", Text(day), "--as-of", asOf.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)];

    private static IEnumerable<DateOnly> Days(DateOnly last) => Enumerable.Range(0, last.DayNumber - _first.DayNumber + 1).Select(_first.AddDays);

    private static string Partition(string warehouse, string table, DateOnly day) => Path.Combine(warehouse, table, $"dt={Text(day)}");

    private static JsonNode? Manifest(string warehouse, DateOnly day)
    {
        var file = Path.Combine(warehouse, "_manifests", $"dt={Text(day)}.json");
        return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) : null;
    }

    private static string RunOf(string warehouse, DateOnly day) => (string)Manifest(warehouse, day)!["run_id"]!;

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
