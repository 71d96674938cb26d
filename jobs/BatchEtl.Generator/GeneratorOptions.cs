using BatchEtl.Core.Errors;

namespace BatchEtl.Generator;

/// <summary>What to generate. The same options give the same bytes, whatever the number of threads.</summary>
public sealed record GeneratorOptions
{
    /// <summary>The landing root: a folder that does not exist or holds nothing.</summary>
    public required string Output { get; init; }

    /// <summary>Records that land, over all days and of every kind (duplicates and rejects too): exact, from 1.</summary>
    public required long Events { get; init; }

    /// <summary>The first day, in <see cref="Zone"/>. Nothing happens before it.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>Days from <see cref="FirstDay"/> on, history included; 1 to 3,660.</summary>
    public int Days { get; init; } = 1;

    /// <summary>Another seed is another world.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The IANA zone whose days and daily rhythm the traffic follows. Folders are UTC hours.</summary>
    public string Zone { get; init; } = "Europe/Vilnius";

    public LandingCodec Codec { get; init; } = LandingCodec.Snappy;

    /// <summary>Threads that write files; 1 to 256.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The first days that have only <see cref="HistoryShare"/> of a day's volume; less than <see cref="Days"/>.</summary>
    public int HistoryDays { get; init; }

    /// <summary>The volume of a day of history as a share of a full day's; above 0, at most 1.</summary>
    public double HistoryShare { get; init; } = 0.02;

    /// <summary>Re-delivered records as a share of all; 0 to 0.05.</summary>
    public double DuplicateShare { get; init; } = 0.005;

    /// <summary>Records that land in a later hour than they should, by minutes to days, as a share of all; 0 to 0.2.</summary>
    public double LateShare { get; init; } = 0.01;

    /// <summary>Records that no mapping can use, of seven kinds, as a share of all; 0 to 0.2. Records over three days late come on top.</summary>
    public double RejectShare { get; init; } = 0.001;

    /// <summary>The records that land in the hours of a day: <see cref="Events"/> over the days by weekday and history.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The day is not one of those generated.</exception>
    /// <exception cref="BatchEtlException">An option is out of its bounds (usage).</exception>
    public long EventsOn(DateOnly day)
    {
        var index = day.DayNumber - FirstDay.DayNumber;
        ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(day));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Days, nameof(day));
        return World.TrafficCurve.Apportion(Events, DayWeights(Validated()))[index];
    }

    /// <summary>The days' shares of the traffic; 0 for a date that the zone's clocks skipped whole.</summary>
    internal double[] DayWeights(TimeZoneInfo zone)
    {
        var weights = new double[Days];
        for (var i = 0; i < Days; i++)
        {
            var day = FirstDay.AddDays(i);
            weights[i] = Landing.LandingHour.StartsOn(day, zone).Count == 0 ? 0 : World.TrafficCurve.Weekday(day) * (i < HistoryDays ? HistoryShare : 1);
        }

        Require(weights.Sum() > 0, $"days that exist in {Zone}", FirstDay);
        return weights;
    }

    /// <summary>Throws a usage error that names the first option out of its bounds.</summary>
    internal TimeZoneInfo Validated()
    {
        Require(Events >= 1, "events: 1 or more", Events);
        Require(Days is >= 1 and <= 3660, "days: 1 to 3660", Days);
        Require(FirstDay.Year is >= 1970 and <= 9000, "first day: 1970 to 9000", FirstDay);
        Require(Threads is >= 1 and <= 256, "threads: 1 to 256", Threads);
        Require(HistoryDays >= 0 && HistoryDays < Days, $"history days: 0 to {Days - 1}, fewer than days", HistoryDays);
        Require(HistoryShare is > 0 and <= 1, "history share: above 0, at most 1", HistoryShare);
        Require(DuplicateShare is >= 0 and <= 0.05, "duplicate share: 0 to 0.05", DuplicateShare);
        Require(LateShare is >= 0 and <= 0.2, "late share: 0 to 0.2", LateShare);
        Require(RejectShare is >= 0 and <= 0.2, "reject share: 0 to 0.2", RejectShare);
        Require(Enum.IsDefined(Codec), "codec: null, deflate, snappy or zstandard", Codec);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out var zone))
        {
            throw BatchEtlException.Usage($"generate: expected zone: an IANA name such as Europe/Vilnius; found '{Zone}'.");
        }

        return zone;
    }

    private static void Require(bool holds, string expected, object found)
    {
        if (!holds)
        {
            throw BatchEtlException.Usage(FormattableString.Invariant($"generate: expected {expected}; found {found}."));
        }
    }
}
