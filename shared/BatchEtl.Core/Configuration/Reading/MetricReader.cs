namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Reads <c>metrics</c> (A6, tables.md "The rows of metrics").</summary>
internal static class MetricReader
{
    public static MetricOptions Read(Section metrics) => new(metrics.Texts("dimensions") ?? [], [.. Declared(metrics)]);

    private static IEnumerable<MetricDeclaration> Declared(Section metrics)
    {
        foreach (SourceEntry entry in metrics.Entries("declare"))
        {
            Names.Check(metrics.Context, "metric", entry.Key, entry.KeyAt);
            Section metric = Section.Open(metrics.Context, $"{metrics.PathOf("declare")}.{entry.Key}", KeySet.Metric, entry.Value, entry.KeyAt);

            // A metric that could not be read still counts as declared, so that ratios over it are not errors too.
            MetricDeclaration? declared = metric.Find("ratio") is null ? Aggregate(entry.Key, metric) : Ratio(entry.Key, metric);
            yield return declared ?? new AggregateMetric(entry.Key, SourceTable.Events, AggregateKind.Count, null, []);
        }
    }

    private static RatioMetric? Ratio(string name, Section metric)
    {
        foreach (string key in metric.Keys.Keys.Where(k => k != "ratio" && metric.Find(k) is not null))
        {
            metric.Context.Errors.Add(metric.PositionOf(key), $"{metric.Path} has ratio and {key}", "ratio alone, or source, measure and where");
        }

        SourceNode node = metric.Find("ratio")!;
        if (node is ListNode { Items.Count: 2 } && metric.Texts("ratio") is [{ } numerator, { } denominator])
        {
            return new RatioMetric(name, numerator, denominator);
        }

        if (node is not ListNode { Items.Count: 2 })
        {
            metric.Context.Errors.Add(node.At, $"{metric.Path}.ratio is {node.Described}", "a list of two metrics, such as [gmv, orders]");
        }

        return null;
    }

    private static AggregateMetric? Aggregate(string name, Section metric)
    {
        SourceTable source = AggregateText.Source(metric);
        IReadOnlyList<ColumnCondition> where = MappingReader.Conditions(metric.Context, metric.PathOf("where"), metric.Find("where"));
        if (metric.Find("measure") is not { } measure)
        {
            if (metric.IsGiven)
            {
                metric.Context.Errors.Add(metric.At, $"{metric.Path} has no measure", $"a measure ({Section.OneOf(AggregateText.OfMetrics)}) or a ratio");
            }

            return null;
        }

        return AggregateText.Read(metric.Context, metric.PathOf("measure"), measure, AggregateText.OfMetrics) is { } read
            ? new AggregateMetric(name, source, read.Kind, read.Column, where)
            : null;
    }
}
