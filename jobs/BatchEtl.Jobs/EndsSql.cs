using System.Globalization;
using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs;

/// <summary>
/// First and last values that are not null in the order of (time, id), as SQL (S1, S6, A1): by ordered aggregates where the
/// engine has them, else by the place that a window gives each row.
/// </summary>
/// <param name="values">Text expressions.</param>
/// <param name="key">The column that is grouped by.</param>
internal sealed class EndsSql(Dialect dialect, IReadOnlyList<string> values, string key, string time, string id)
{
    /// <summary>Engines take so many values in one aggregate.</summary>
    private const int Together = 64;

    /// <summary>The aggregates with their names, each after a comma; over <see cref="InOrder"/>.</summary>
    public string Aggregates => string.Concat(values.Chunk(Together).Select((chunk, n) =>
        $",\n    {dialect.Call("ends", string.Join(", ", chunk.Select(v => dialect.Call("ends_value", v))), time, id)} AS {Name(n)}"));

    /// <summary>A relation with what the aggregates need beside its own columns.</summary>
    public string InOrder(string relation) => dialect.Call("in_order", relation, key, time, id);

    /// <summary>The first of a value, from a relation that has the aggregates.</summary>
    public string First(string relation, int value) => Of("first_of", relation, value);

    /// <summary>The last of a value, from a relation that has the aggregates.</summary>
    public string Last(string relation, int value) => Of("last_of", relation, value);

    private string Of(string function, string relation, int value) =>
        dialect.Call(function, $"{relation}.{Name(value / Together)}", Number(value % Together));

    private static string Name(int chunk) => "ends" + Number(chunk);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
