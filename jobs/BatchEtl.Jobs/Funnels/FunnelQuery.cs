using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs.Funnels;

/// <summary>
/// What a funnel fills its SQL with. An attempt goes on with the next event that fits its next step, so the times at which it
/// reaches its steps are found from the last step backwards: behind each event, the first one that fits the step. Most actors
/// never get to a second step, and need not be put in order: of them it is only counted who made an attempt.
/// </summary>
/// <param name="days">The entry days, the first first; events of all of them are read.</param>
internal sealed class FunnelQuery(DayBuild build, FunnelDefinition funnel, IReadOnlyList<DateOnly> days)
{
    /// <summary>An attempt's time within its day fits into so many bits: a day has at most 48 hours.</summary>
    private const long TimeRange = 1L << 38;

    private readonly Dialect _dialect = build.Engine.Dialect;

    public string Name => funnel.Name;

    /// <summary>How many steps there are.</summary>
    public int Steps => funnel.Steps.Count;

    /// <summary>In microseconds.</summary>
    public long Window => DayWindows.Micros(funnel.Window);

    public IReadOnlyList<DateOnly> Days => days;

    /// <summary>
    /// Whether ids decide: only between events of one time and one lowest step that fit different steps beyond it; where every
    /// step has another event there are none, and the widest column need not be read.
    /// </summary>
    public bool NeedsIds => funnel.Steps.DistinctBy(s => s.Event).Count() < Steps;

    /// <summary>Fragments of furthest.sql.</summary>
    public Dictionary<string, string> Furthest() => new()
    {
        ["second"] = Fitting("actor_id, happened_at", "fits_2"),
        ["chains"] = Chains(),
        ["entry_day"] = $"CASE {Join(" ", days, d => $"WHEN happened_at < {End(d)} THEN {_dialect.Date(d)}")} END",
        ["entry_start"] = $"CASE {Join(" ", days, d => $"WHEN happened_at < {End(d)} THEN {Dialect.Long(build.Windows.Calendar.Of(d).Start)}")} END",
        ["reached"] = $"(1{Join("", Later(1), k => $" + CASE WHEN {At(1, k)} - happened_at <= {Window} THEN 1 ELSE 0 END")})",
        ["steps"] = Dialect.Long(Steps),
        ["time_range"] = Dialect.Long(TimeRange),
        ["took"] = Join("", Later(1), k => $", {At(1, k)} - happened_at AS took_{k}"),
        ["first_took"] = Join("", Later(1), k => $", {_dialect.Call("first_by", $"took_{k}", "place")} AS took_{k}"),
    };

    /// <summary>How many actors reach each step after so many milliseconds.</summary>
    /// <param name="furthest">The step that furthest.sql made; read where there are later steps than the first.</param>
    public string ReachingOf(string furthest) => string.Join("\nUNION ALL\n", days.Select(Entering).Concat(Later(1).Select(k => FormattableString.Invariant(
        $"SELECT entry_day, CAST({k} AS INTEGER) AS step, {_dialect.Call("floor_div", FormattableString.Invariant($"took_{k}"), "1000")} AS took_ms, count(*) AS actors FROM {furthest} WHERE reached >= {k} GROUP BY 1, 2, 3"))));

    /// <summary>Fragments of funnel.sql.</summary>
    /// <param name="reaching">Relation of entry_day, step, took_ms and actors.</param>
    public Dictionary<string, string> Rows(string reaching) => new()
    {
        ["reaching"] = reaching,
        ["steps"] = Join(", ", days.SelectMany(d => Later(0).Select(k => (Day: d, Step: k))), s =>
            $"({_dialect.Date(s.Day)}, {s.Step}, {_dialect.Text(funnel.Steps[s.Step - 1].Event)}, {(IsProvisional(s.Day) ? "true" : "false")})"),
        ["funnel"] = _dialect.Text(funnel.Name),
    };

    private bool IsProvisional(DateOnly entryDay) => build.Windows.End < build.Windows.Calendar.Of(entryDay).End + Window;

    /// <summary>Nested relations, one for each step from the last but one to the first: events with the times of the steps behind them.</summary>
    private string Chains()
    {
        const string over = "OVER (PARTITION BY actor_id ORDER BY happened_at DESC, lowest DESC, event_id DESC";
        var columns = $"event_id, happened_at, lowest{Fits(Steps)}";

        // A first step alone leads on only when a second one follows within the window.
        var events = FormattableString.Invariant(
            $"(SELECT e.actor_id, {columns} FROM ({Fitting("actor_id, " + columns, "true")}) AS e JOIN seconds AS s ON s.actor_id = e.actor_id WHERE {string.Join(" OR ", Later(1).Select(k => FormattableString.Invariant($"fits_{k}")))} OR happened_at BETWEEN s.first_at - {Window} AND s.last_at) AS fitting");
        for (var step = Steps - 1; step >= 1; step--)
        {
            // Later events have later chains, so that the next one's is the least.
            var next = Join("", Later(step), k =>
                $", min(CASE WHEN fits_{step + 1} THEN {(k == step + 1 ? "happened_at" : At(step + 1, k))} END) {over} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS {At(step, k)}");
            events = FormattableString.Invariant($"(SELECT actor_id, event_id, happened_at, lowest{Fits(step)}{next}\nFROM {events}) AS behind_{step}");
        }

        // Of events of one time those of the first step come first; an attempt with the first of them gets as far as one with the others.
        return $"SELECT *, lead(happened_at) {over}) AS before FROM {events}";

        string Fits(int steps) => Join("", Enumerable.Range(1, steps), k => $", fits_{k}");
    }

    /// <summary>Some columns of the events that fit a step and meet a condition, of all days.</summary>
    private string Fitting(string columns, string condition) => string.Join(
        "\nUNION ALL\n", days.Select(d => $"SELECT {columns} FROM ({Events(d)}) AS fitting WHERE {condition}"));

    /// <summary>How many actors make an attempt on an entry day.</summary>
    private string Entering(DateOnly day) =>
        $"SELECT {_dialect.Date(day)} AS entry_day, CAST(1 AS INTEGER) AS step, CAST(0 AS BIGINT) AS took_ms, count(DISTINCT actor_id) AS actors FROM {build.Relation("events", day)} AS e WHERE {Fits(1, day)} HAVING count(*) > 0";

    private string Events(DateOnly day) =>
        $"SELECT actor_id, {(NeedsIds ? "event_id" : "''")} AS event_id, {_dialect.Call("micros", "occurred_at")} AS happened_at,"
        + $" CASE {Join(" ", Later(0), k => $"WHEN {Fits(k, day)} THEN {k}")} END AS lowest{Join("", Later(0), k => $", {Fits(k, day)} AS fits_{k}")}\n"
        + $"FROM {build.Relation("events", day)} AS e WHERE {FitsAny(day)}";

    /// <summary>Whether an event fits any step; never null.</summary>
    public string FitsAny(DateOnly day) => string.Join(" OR ", Later(0).Select(k => Fits(k, day)).Distinct());

    /// <summary>A bit for each step that an event fits, from the given bit on.</summary>
    public string Bits(DateOnly day, int first) => Join("", Later(0), k => $" + CASE WHEN {Fits(k, day)} THEN {1L << (first + k - 1)} ELSE 0 END");

    /// <summary>Whether an event fits a step; never null. A dimension that was mapped after the day was published is null there.</summary>
    private string Fits(int step, DateOnly day) => Fits(funnel.Steps[step - 1], day);

    private string Fits(FunnelStep step, DateOnly day) => step.Where.All(c => build.HasColumn(day, c.Column))
        ? "(" + string.Join(" AND ", step.Where.Select(Condition).Prepend($"event_name = {_dialect.Text(step.Event)}")) + ")"
        : "(event_name IS NULL)";

    private string Condition(ColumnCondition condition) =>
        $"coalesce({ConditionSql.Of(condition, build.Contracts.Events.Columns.First(c => c.Name == condition.Column).Type, build.Engine)}, false)";

    private IEnumerable<int> Later(int step) => Enumerable.Range(step + 1, Steps - step);

    /// <summary>The column with the time at which an attempt whose next step is the one behind <paramref name="step"/> reaches step <paramref name="k"/>.</summary>
    private static string At(int step, int k) => string.Create(CultureInfo.InvariantCulture, $"at_{step}_{k}");

    private string End(DateOnly day) => Dialect.Long(build.Windows.Calendar.Of(day).End);

    private static string Join<T>(string separator, IEnumerable<T> items, Func<T, FormattableString> text) =>
        string.Join(separator, items.Select(i => FormattableString.Invariant(text(i))));
}
