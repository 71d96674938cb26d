using BatchEtl.Generator.World;

namespace BatchEtl.Generator.Landing;

/// <summary>
/// Every hour that lands, with its exact number of records and the sessions that have to start in it. It is all that
/// is known before the files are written; each file follows from it alone.
/// </summary>
internal sealed class LandingPlan
{
    // Sessions are planned for a little less than an hour needs: topping up is exact and leaves no session cut short.
    private const double Planned = 0.99;

    private LandingPlan(ulong seed, IReadOnlyList<Day> days, IReadOnlyList<LandingHour> hours, SessionMix mix, SessionScript script, Population population)
    {
        Seed = seed;
        Days = days;
        Hours = hours;
        Mix = mix;
        Script = script;
        Population = population;
    }

    public ulong Seed { get; }

    public IReadOnlyList<Day> Days { get; }

    /// <summary>In order, without a gap.</summary>
    public IReadOnlyList<LandingHour> Hours { get; }

    public SessionMix Mix { get; }

    public SessionScript Script { get; }

    public Population Population { get; }

    public static LandingPlan Of(GeneratorOptions options)
    {
        var zone = options.Validated();
        var seed = Draw.Mix((ulong)options.Seed + 0x5EED);
        var script = new SessionScript(options.DuplicateShare, options.RejectShare);
        var mix = new SessionMix(script, options.LateShare, seed);
        var recordsPerSession = mix.RecordsAtLag.Sum();
        var weights = options.DayWeights(zone);
        var records = TrafficCurve.Apportion(options.Events, weights);
        var usual = options.Events / weights.Sum() / recordsPerSession / Population.SessionsPerActorDay;
        var days = new Day[options.Days];
        for (var i = 0; i < days.Length; i++)
        {
            var actorDays = Math.Max(1, (long)(records[i] / recordsPerSession / Population.SessionsPerActorDay));
            var stride = i < options.HistoryDays ? Math.Max(1, (long)Math.Round(1 / options.HistoryShare)) : 1;
            days[i] = new Day(options.FirstDay.AddDays(i), records[i], actorDays, (long)(actorDays * Population.NewShare), stride);
        }

        var population = new Population(seed, days, Math.Max(1, (long)(usual * Population.NewShare)));
        return new LandingPlan(seed, days, HoursOf(days, zone, mix.RecordsAtLag), mix, script, population);
    }

    /// <summary>The sessions of a kind that start in an hour: those planned, a fraction rounded by chance.</summary>
    public long SessionsOf(int hour, SessionKind kind, int lagIndex = 0) =>
        Draw.Round(Hours[hour].Sessions * Mix.Share(kind, lagIndex), Draw.Of(Seed ^ 0xC0, (ulong)hour, ((ulong)kind << 8) + (ulong)lagIndex));

    /// <summary>The first regular session of an hour that may re-deliver. Drawn, or the only session of a quiet hour always would.</summary>
    public int FirstRetrying(int hour) => (int)Draw.Below(Draw.Of(Seed ^ 0x2E, (ulong)hour), SessionScript.RetryingStride);

    /// <summary>The key of a session: the hour in which it starts, its kind, its index in there.</summary>
    public ulong KeyOf(int hour, SessionKind kind, int lagIndex, long index) =>
        Draw.Of(Seed, ((ulong)hour << 20) + ((ulong)kind << 12) + (ulong)lagIndex, (ulong)index);

    private static LandingHour[] HoursOf(Day[] days, TimeZoneInfo zone, IReadOnlyList<double> recordsAtLag)
    {
        var hours = new List<LandingHour>();
        for (var d = 0; d < days.Length; d++)
        {
            var starts = LandingHour.StartsOn(days[d].Date, zone);
            var budgets = TrafficCurve.Apportion(days[d].Records, [.. starts.Select(s => TrafficCurve.Hour(days[d].Date, s.LocalHour))]);
            for (var h = 0; h < budgets.Length; h++)
            {
                hours.Add(new LandingHour(starts[h].UtcMs, d, budgets[h], Sessions: 0));
            }
        }

        // What earlier hours still deliver is not started again: solved hour by hour for the sessions that are missing.
        for (var h = 0; h < hours.Count; h++)
        {
            var carried = 0.0;
            for (var lag = 1; lag < recordsAtLag.Count && lag <= h; lag++)
            {
                carried += recordsAtLag[lag] * hours[h - lag].Sessions;
            }

            hours[h] = hours[h] with { Sessions = Math.Max(0, ((hours[h].Records * Planned) - carried) / recordsAtLag[0]) };
        }

        return [.. hours];
    }
}
