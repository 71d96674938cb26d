using BatchEtl.Core.Configuration.Reading;

namespace BatchEtl.Core.Configuration.Checking;

/// <summary>A6's dimensions and the declared metrics (tables.md).</summary>
internal static class MetricChecks
{
    public static void Run(CheckContext context)
    {
        MetricOptions metrics = context.Pipeline.Metrics;
        for (int i = 0; i < metrics.Dimensions.Count; i++)
        {
            context.Column($"metrics.dimensions[{i}]", metrics.Dimensions[i], context.Dimensions, "dimension");
        }

        var before = new List<string>(StandardMetrics.OfOneDay);
        foreach (MetricDeclaration declared in metrics.Declared)
        {
            string path = $"metrics.declare.{declared.Name}";
            if (declared is AggregateMetric aggregate)
            {
                Aggregate(context, path, aggregate);
            }
            else if (declared is RatioMetric ratio)
            {
                Side(context, path, ratio.Numerator, before, metrics);
                Side(context, path, ratio.Denominator, before, metrics);
            }

            before.Add(declared.Name);
        }
    }

    private static void Aggregate(CheckContext context, string path, AggregateMetric metric)
    {
        IReadOnlyList<SourceColumn> columns = context.Columns(metric.Source);
        string kind = CubeChecks.Kind(metric.Source);
        if (metric.Column is { } name
            && CubeChecks.Fits(context, $"{path}.measure", metric.Kind, name, columns, kind) is { Type.Kind: TypeKind.Double }
            && metric.Kind == AggregateKind.Sum)
        {
            context.Add($"{path}.measure", $"{path}.measure is the sum of {name}, a double", "a bigint, decimal or boolean column, so that engines agree");
        }

        context.Conditions($"{path}.where", metric.Where, columns, kind);
    }

    private static void Side(CheckContext context, string path, string name, List<string> before, MetricOptions metrics)
    {
        if (before.Contains(name))
        {
            return;
        }

        string found = name switch
        {
            _ when StandardMetrics.Names.Contains(name) => $"{Quoted.Value(name)} in {path}.ratio, which has no rows of period 1",
            _ when metrics.Declared.Any(d => d.Name == name) => $"{Quoted.Value(name)} in {path}.ratio, which is not declared before it",
            _ => $"no metric {Quoted.Value(name)} for {path}.ratio",
        };
        context.Add($"{path}.ratio", found, "a standard metric of period 1, or one declared before", name, before);
    }
}
