using System.Globalization;
using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs;

/// <summary>First and last values that are not null in the order of (time, id), as SQL (S1, S6, A1).</summary>
/// <param name="values">Text expressions.</param>
internal sealed class EndsSql(Dialect dialect, IReadOnlyList<string> values, string time, string id)
{
    /// <summary>Engines take so many values in one aggregate.</summary>
    private const int Together = 64;

    /// <summary>The aggregates with their names, each after a comma.</summary>
    public string Aggregates => string.Concat(values.Chunk(Together).Select((chunk, i) =>
        $",\n    {dialect.Call("ends", string.Join(", ", chunk.Select(v => dialect.Call("ends_value", v, time, id))), time, id)} AS {Name(i)}"));

    /// <summary>The first of a value, from a relation that has the aggregates.</summary>
    public string First(string relation, int value) => Of("first_of", relation, value);

    /// <summary>The last of a value, from a relation that has the aggregates.</summary>
    public string Last(string relation, int value) => Of("last_of", relation, value);

    private string Of(string function, string relation, int value) =>
        dialect.Call(function, $"{relation}.{Name(value / Together)}", (value % Together).ToString(CultureInfo.InvariantCulture));

    private static string Name(int chunk) => string.Create(CultureInfo.InvariantCulture, $"ends{chunk}");
}
