using System.Globalization;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Spark.Landed;

/// <summary>What Spark makes of a union: the one type beside null, or a struct with a member for each type that is not null.</summary>
internal static class UnionShape
{
    /// <summary>Whether Spark would make one number of a union's two; such a union gets a third branch, so that each value keeps its own type.</summary>
    public static bool IsMerged(UnionSchema union)
    {
        var types = Others(union).Select(b => b.Type).ToHashSet();
        return Others(union).Count == 2 && (types.SetEquals([AvroType.Int, AvroType.Long]) || types.SetEquals([AvroType.Float, AvroType.Double]));
    }

    /// <summary>The SQL of a branch's value.</summary>
    /// <param name="union">The SQL of the union's value.</param>
    public static string Member(UnionSchema schema, int branch, string union)
    {
        var others = Others(schema);
        return others.Count == 1
            ? union
            : string.Create(CultureInfo.InvariantCulture, $"{union}.member{others.IndexOf(schema.Branches[branch])}");
    }

    private static List<AvroSchema> Others(UnionSchema union) => [.. union.Branches.Where(b => b.Type != AvroType.Null)];
}
