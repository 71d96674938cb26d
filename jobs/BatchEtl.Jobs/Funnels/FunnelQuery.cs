using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs.Funnels;

/// <summary>
/// What a funnel fills its SQL with. An attempt goes on with the next event that fits its next step, so the times at which it
/// reaches its steps are found from the last step backwards: behind each event, the first one that fits the step.
/// </summary>
/// <param name="days">The entry days, the first first; events of all of them are read.</param>
internal sealed class FunnelQuery(DayBuild build, FunnelDefinition funnel, IReadOnlyList<DateOnly> days)
{
    /// <summary>An attempt's time within its day fits into so many bits: a day has at most 48 hours.</summary>
    private const long TimeRange = 1L << 38;

    private readonly Dialect _dialect = build.Engine.Dialect;

    private int Steps => funnel.Steps.Count;

    private long Window => DayWindows.Micros(funnel.Window);

    /// <summary>Fragments of furthest.sql.</summary>
    public Dictionary<string, string> Furthest() => new()
    {
        ["chains"] = Chains(),
        ["entry_day"] = $"CASE {Join(" ", days, d => $"WHEN happened_at < {End(d)} THEN {Date(d)}")} END",
        ["entry_start"] = $"CASE {Join(" ", days, d => $"WHEN happened_at < {End(d)} THEN {Dialect.Long(build.Windows.Calendar.Of(d).Start)}")} END",
        ["reached"] = Number($"1{Join("", Later(1), k => $" + CASE WHEN {At(1, k)} - happened_at <= {Window} THEN 1 ELSE 0 END")}"),
        ["steps"] = Number($"{Steps}"),
        ["time_range"] = Dialect.Long(TimeRange),
        ["took"] = Join("", Later(1), k => $", {At(1, k)} - happened_at AS took_{k}"),
        ["first_took"] = Join("", Later(1), k => $", {_dialect.Call("first_by", $"took_{k}", "place")} AS took_{k}"),
    };

    /// <summary>Fragments of funnel.sql.</summary>
    /// <param name="furthest">The step that furthest.sql made.</param>
    public Dictionary<string, string> Rows(string furthest) => new()
    {
        ["reaching"] = Join("\nUNION ALL\n", Later(0), k =>
            $"SELECT entry_day, CAST({k} AS INTEGER) AS step, {(k == 1 ? "CAST(0 AS BIGINT)" : _dialect.Call("floor_div", $"took_{k}", "1000"))} AS took_ms, count(*) AS actors FROM {furthest} WHERE reached >= {k} GROUP BY 1, 2, 3"),
        ["steps"] = Join(", ", days.SelectMany(d => Later(0).Select(k => (Day: d, Step: k))), s =>
            $"({Date(s.Day)}, {s.Step}, {_dialect.Text(funnel.Steps[s.Step - 1].Event)}, {(IsProvisional(s.Day) ? "true" : "false")})"),
        ["funnel"] = _dialect.Text(funnel.Name),
    };

    private bool IsProvisional(DateOnly entryDay) => build.Windows.End < build.Windows.Calendar.Of(entryDay).End + Window;

    /// <summary>Nested relations, one for each step from the last but one to the first: events with the times of the steps behind them.</summary>
    private string Chains()
    {
        const string over = "OVER (PARTITION BY actor_id ORDER BY happened_at DESC, lowest DESC, event_id DESC";
        var events = $"({string.Join("\nUNION ALL\n", days.Select(Events))}) AS fitting";
        for (var step = Steps - 1; step >= 1; step--)
        {
            // Later events have later chains, so that the next one's is the least.
            var kept = Join("", Enumerable.Range(1, step), k => $", fits_{k}");
            var next = Join("", Later(step), k =>
                $", min(CASE WHEN fits_{step + 1} THEN {(k == step + 1 ? "happened_at" : At(step + 1, k))} END) {over} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS {At(step, k)}");
            events = $"(SELECT actor_id, event_id, happened_at, lowest{kept}{next}\nFROM {events}) AS behind_{step}";
        }

        // Of events of one time those of the first step come first; an attempt with the first of them gets as far as one with the others.
        return $"SELECT *, lead(happened_at) {over}) AS before FROM {events}";
    }

    private string Events(DateOnly day)
    {
        var conditions = Enumerable.Range(0, Steps).Select(i => Fits(funnel.Steps[i], day)).ToList();
        return $"SELECT actor_id, event_id, {_dialect.Call("micros", "occurred_at")} AS happened_at,"
            + $" CASE {Join(" ", Later(0), k => $"WHEN {conditions[k - 1]} THEN {k}")} END AS lowest{Join("", Later(0), k => $", {conditions[k - 1]} AS fits_{k}")}\n"
            + $"FROM {build.Relation("events", day)} AS e WHERE {string.Join(" OR ", conditions.Distinct())}";
    }

    /// <summary>Whether an event fits a step; never null. A dimension that was mapped after the day was published is null there.</summary>
    private string Fits(FunnelStep step, DateOnly day) => step.Where.All(c => build.HasColumn(day, c.Column))
        ? "(" + string.Join(" AND ", step.Where.Select(Condition).Prepend($"event_name = {_dialect.Text(step.Event)}")) + ")"
        : "(event_name IS NULL)";

    private string Condition(ColumnCondition condition) =>
        $"coalesce({ConditionSql.Of(condition, build.Contracts.Events.Columns.First(c => c.Name == condition.Column).Type, build.Engine)}, false)";

    private IEnumerable<int> Later(int step) => Enumerable.Range(step + 1, Steps - step);

    /// <summary>The column with the time at which an attempt whose next step is the one behind <paramref name="step"/> reaches step <paramref name="k"/>.</summary>
    private static string At(int step, int k) => string.Create(CultureInfo.InvariantCulture, $"at_{step}_{k}");

    private string End(DateOnly day) => Dialect.Long(build.Windows.Calendar.Of(day).End);

    private string Date(DateOnly day) => _dialect.Call("date_literal", _dialect.Text(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    private static string Number(string text) => $"({text})";

    private static string Join<T>(string separator, IEnumerable<T> items, Func<T, FormattableString> text) =>
        string.Join(separator, items.Select(i => FormattableString.Invariant(text(i))));
}
