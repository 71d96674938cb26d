using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.Tables;

/// <summary>A7.</summary>
internal static class AnomalyTable
{
    /// <param name="before">metrics(D−7) … metrics(D−56) as published, where they are.</param>
    /// <param name="completeness">A6's completeness of a key on D.</param>
    public static ReferenceTable Of(
        AnomalyOptions options,
        IReadOnlyDictionary<MetricKey, MetricNumbers> today,
        IReadOnlyList<IReadOnlyDictionary<MetricKey, MetricNumbers>> before,
        Func<MetricKey, double> completeness)
    {
        var table = new TableBuilder()
            .Column("metric", ColumnType.Text)
            .Column("period_days", ColumnType.Int)
            .Column("dimension", ColumnType.Text)
            .Column("dimension_value", ColumnType.Text)
            .Column("value", ColumnType.Double)
            .Column("expected", ColumnType.Double)
            .Column("low", ColumnType.Double)
            .Column("high", ColumnType.Double)
            .Column("days", ColumnType.Int)
            .Column("completeness", ColumnType.Double);
        foreach (var key in before.SelectMany(m => m.Keys).Distinct())
        {
            var past = before.Select(m => m.GetValueOrDefault(key)).Where(n => n?.Value is not null).Select(n => n!).ToList();
            var now = today.GetValueOrDefault(key);
            // A metric without denominator that has no row on D counts as 0; null values take no part.
            if (past.Count < 4 || (now is null ? past[0].Denominator is not null : now.Value is null))
            {
                continue;
            }

            var value = now?.Value ?? 0;
            var expected = Median(past.Select(n => n.Value!.Value));
            var spread = Math.Max(1.4826 * Median(past.Select(n => Math.Abs(n.Value!.Value - expected))), 0.01 * Math.Abs(expected));
            var limit = Math.Max((double)options.Sensitivity * spread, (double)options.MinChange * Math.Abs(expected));
            var volume = Math.Max(now is null ? 0 : Volume(now), Median(past.Select(Volume)));
            if (Math.Abs(value - expected) > limit && volume >= options.MinVolume)
            {
                table.Row(
                    key.Metric, key.Period, key.Dimension, key.Value, value, expected, expected - limit, expected + limit, past.Count, completeness(key));
            }
        }

        return table.Build().SortedBy("metric", "period_days", "dimension", "dimension_value");
    }

    private static double Volume(MetricNumbers numbers) => (numbers.Denominator ?? numbers.Numerator).ToDouble();

    /// <summary>Of an even number the mean of the middle two.</summary>
    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
