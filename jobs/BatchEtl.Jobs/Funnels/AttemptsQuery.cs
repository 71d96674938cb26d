using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs.Funnels;

/// <summary>What several funnels fill attempts.sql with: their events are read, and gathered by actor, once for all.</summary>
/// <param name="funnels">Of all days up to D that each looks at.</param>
internal sealed class AttemptsQuery(DayBuild build, IReadOnlyList<FunnelQuery> funnels)
{
    /// <summary>So many steps are bits of a number that has the entry day above them.</summary>
    public const int MostSteps = 47;

    private const int DayBit = 48;

    /// <summary>Milliseconds from entry fit below this.</summary>
    private const long TookRange = 1L << 43;

    private readonly Dialect _dialect = build.Engine.Dialect;
    private readonly IReadOnlyList<DateOnly> _days = funnels.MaxBy(f => f.Days.Count)!.Days;

    /// <summary>Funnels that are followed together, in their order.</summary>
    public static IEnumerable<IReadOnlyList<FunnelQuery>> Together(IEnumerable<FunnelQuery> funnels)
    {
        var together = new List<FunnelQuery>();
        foreach (var funnel in funnels)
        {
            if (together.Sum(f => f.Steps) + funnel.Steps > MostSteps)
            {
                yield return together;
                together = [];
            }

            together.Add(funnel);
        }

        if (together.Count > 0)
        {
            yield return together;
        }
    }

    /// <summary>Events of all days.</summary>
    public long Events => _days.Sum(d => build.Count(build.Relation("events", d)));

    /// <summary>Fragments of attempts.sql for one of several passes over different actors.</summary>
    public Dictionary<string, string> Attempts(long pass, long passes) => new()
    {
        ["fitting"] = string.Join("\nUNION ALL\n", _days.Select((d, i) =>
            $"SELECT {Narrow(ColumnRole.ActorId, "actor_id")} AS actor, {EventId} AS id, {_dialect.Call("micros", "occurred_at")} AS happened_at, {Steps(d, i)} AS steps\n"
            + $"FROM {build.Relation("events", d)} AS e WHERE ({string.Join(" OR ", On(d).Select(f => f.FitsAny(d)))}){(passes == 1 ? "" : FormattableString.Invariant($" AND {_dialect.Call("spread", "actor_id", Dialect.Long(passes))} = {pass}"))}")),
        ["shapes"] = _dialect.Text(string.Join(';', funnels.Zip(Places(), (f, place) => FormattableString.Invariant($"{f.Steps} {f.Window} {place}")))),
        ["took_range"] = Dialect.Long(TookRange),
        ["places"] = string.Join(", ", funnels.Zip(Places(), (f, place) => (Funnel: f, Place: place)).SelectMany(f => _days.SelectMany((d, i) => Enumerable.Range(0, f.Funnel.Steps).Select(step =>
            string.Create(CultureInfo.InvariantCulture, $"({f.Place + i * f.Funnel.Steps + step}, {_dialect.Text(f.Funnel.Name)}, {_dialect.Date(d)}, {step + 1})"))))),
    };

    /// <summary>What one funnel's rows are made of.</summary>
    /// <param name="reaching">The step that attempts.sql made.</param>
    public string Of(FunnelQuery funnel, string reaching) =>
        $"(SELECT entry_day, step, took_ms, actors FROM {reaching} AS all_funnels WHERE funnel = {_dialect.Text(funnel.Name)}) AS own";

    /// <summary>The aggregate takes false for events without ids.</summary>
    private string EventId => funnels.Any(f => f.NeedsIds) ? Narrow(ColumnRole.EventId, "event_id") : "false";

    private IEnumerable<FunnelQuery> On(DateOnly day) => funnels.Where(f => f.Days.Contains(day));

    /// <summary>The day's number above the bits of all funnels; one that does not look at the day has none set.</summary>
    private string Steps(DateOnly day, int number)
    {
        var bits = 0;
        var text = Dialect.Long((long)number << DayBit);
        foreach (var funnel in funnels)
        {
            text += funnel.Days.Contains(day) ? funnel.Bits(day, bits) : string.Empty;
            bits += funnel.Steps;
        }

        return text;
    }

    /// <summary>The place of each funnel's first step on the first day.</summary>
    private IEnumerable<long> Places()
    {
        var place = 0L;
        foreach (var funnel in funnels)
        {
            yield return place;
            place += (long)_days.Count * funnel.Steps;
        }
    }

    /// <summary>Ids that are uuids are narrower as such, and in the same order.</summary>
    private string Narrow(ColumnRole role, string column) =>
        build.Columns.First(c => c.Role == role).Type.Kind == TypeKind.Uuid ? _dialect.Call("text_uuid", column) : column;
}
