using System.Globalization;
using System.Text;
using System.Text.Json;
using BatchEtl.Cli.Output;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Runs;

namespace BatchEtl.Cli.Verbs;

/// <summary>How the product is doing: a page, and numbers in the terminal.</summary>
internal static class ReportVerbs
{
    /// <summary>So many values of a dimension are shown in a table.</summary>
    private const int MostValues = 20;

    private const int MostDays = 1000;

    public static ExitCode Report(ReportOptions options, CancellationToken cancellation)
    {
        var pipeline = Composition.Load(options);
        return RunVerbs.With(pipeline, "text", false, DateTimeOffset.UnixEpoch, false, parts =>
        {
            var day = OptionValues.Date("date", options.Date);
            var manifest = parts.Warehouse.Manifests.Read(day) ?? throw NotPublished(parts, day);
            using var reader = parts.StartReader();
            var page = parts.Report(parts, manifest, [], reader, cancellation).Page();
            if (options.Out is { } file)
            {
                try
                {
                    File.WriteAllText(file, page);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new BatchEtlException(ExitCode.Engine, $"--out: expected to write {file}, found: {e.Message}; name a file in a folder that is there and yours", e);
                }

                Console.Out.WriteLine(file);
                return;
            }

            var path = DayReport.PagePath(parts.Warehouse, day);
            parts.Warehouse.Store.CreateFolder($"{parts.Warehouse.Root}/_reports");
            parts.Warehouse.Store.WriteText(path, page);
            Console.Out.WriteLine(path);
        });
    }

    public static ExitCode Metrics(MetricsOptions options, CancellationToken cancellation)
    {
        var pipeline = Composition.Load(options);
        var names = StandardMetrics.Names.Concat(pipeline.Metrics.Declared.Select(d => d.Name)).ToList();
        var wanted = options.Metric.ToList();
        if (wanted.FirstOrDefault(m => !names.Contains(m)) is { } unknown)
        {
            throw BatchEtlException.Usage($"--metric: expected one of {string.Join(", ", names)}, found '{unknown}'");
        }

        if (options.By is { } by && !pipeline.Metrics.Dimensions.Contains(by))
        {
            throw BatchEtlException.Usage($"--by: expected one of metrics.dimensions ({string.Join(", ", pipeline.Metrics.Dimensions.DefaultIfEmpty("none"))}), found '{by}'");
        }

        if (options.Days is < 1 or > MostDays)
        {
            throw BatchEtlException.Usage($"--days: expected 1 to {MostDays}, found {options.Days}");
        }

        if (options.Format is not ("table" or "csv" or "json"))
        {
            throw BatchEtlException.Usage($"--format: expected table, csv or json, found '{options.Format}'");
        }

        return RunVerbs.With(pipeline, "text", false, DateTimeOffset.UnixEpoch, false, parts =>
        {
            var day = OptionValues.Date("date", options.Date);
            var rows = Read(parts, day, options, wanted, cancellation);
            switch (options.Format)
            {
                case "csv":
                    Console.Out.Write(Csv(rows));
                    break;
                case "json":
                    Console.Out.WriteLine(Json(rows));
                    break;
                default:
                    WriteTable(rows, day, options);
                    break;
            }
        });
    }

    private sealed record MetricRow(DateOnly Day, string Metric, int Period, string? Dimension, string? DimensionValue, double? Value, decimal? Numerator, decimal? Denominator);

    private static List<MetricRow> Read(RunParts parts, DateOnly day, MetricsOptions options, List<string> wanted, CancellationToken cancellation)
    {
        if (parts.Warehouse.Files("metrics", day) is null)
        {
            throw NotPublished(parts, day);
        }

        using var reader = parts.StartReader();
        var dialect = reader.Dialect;
        var condition = (options.By is { } by ? $"dimension = {dialect.Text(by)}" : "dimension IS NULL")
            + (wanted.Count > 0 ? $" AND metric IN ({string.Join(", ", wanted.Select(dialect.Text))})" : "");
        var days = Enumerable.Range(0, options.Days).Select(n => day.AddDays(-n)).Select(d => (Day: d, Files: parts.Warehouse.Files("metrics", d))).Where(d => d.Files is not null).ToList();
        var queries = days.Select((d, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {i}, metric, period_days, dimension, dimension_value, value, numerator, denominator FROM {reader.ParquetRelation(d.Files!)} AS m WHERE {condition}"));
        return
        [
            .. reader.Rows(string.Join(" UNION ALL ", queries), cancellation)
                .Select(r => new MetricRow(
                    days[Convert.ToInt32(r[0], CultureInfo.InvariantCulture)].Day, (string)r[1]!, Convert.ToInt32(r[2], CultureInfo.InvariantCulture), (string?)r[3], (string?)r[4],
                    (double?)r[5], (decimal?)r[6], (decimal?)r[7]))
                .OrderBy(r => r.Metric, StringComparer.Ordinal).ThenBy(r => r.Period).ThenBy(r => r.DimensionValue, StringComparer.Ordinal).ThenBy(r => r.Day),
        ];
    }

    private static void WriteTable(List<MetricRow> rows, DateOnly day, MetricsOptions options)
    {
        var lines = new List<IReadOnlyList<object?>>();
        var left = 0;
        foreach (var metric in rows.GroupBy(r => (r.Metric, r.Period)))
        {
            var series = metric.GroupBy(r => r.DimensionValue).OrderByDescending(s => s.Max(r => r.Denominator ?? r.Numerator)).ToList();
            left += Math.Max(0, series.Count - MostValues);
            lines.AddRange(series.Take(MostValues).Select(s =>
            {
                var byDay = s.ToDictionary(r => r.Day, r => r.Value);
                double? At(int daysBefore) => byDay.GetValueOrDefault(day.AddDays(-daysBefore));
                return (IReadOnlyList<object?>)
                [
                    metric.Key.Metric, metric.Key.Period, .. options.By is null ? Array.Empty<object?>() : [s.Key], At(0), Change(At(0), At(1)), Change(At(0), At(7)),
                    Sparkline.Of([.. Enumerable.Range(0, options.Days).Select(n => At(options.Days - 1 - n))]),
                ];
            }));
        }

        TextTable.Write(Console.Out, ["metric", "days", .. options.By is { } by ? new[] { by } : [], day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "1d", "7d", $"last {options.Days} days"], lines);
        if (left > 0)
        {
            Console.Out.WriteLine($"{left} more values of {options.By}; --format csv has all");
        }
    }

    private static string Change(double? now, double? before) => now is not { } n || before is not { } b || b == 0
        ? string.Empty
        : (n / b - 1).ToString("+0.0 %;-0.0 %;0 %", CultureInfo.InvariantCulture);

    private static string Csv(List<MetricRow> rows)
    {
        var text = new StringBuilder("day,metric,period_days,dimension,dimension_value,value,numerator,denominator\n");
        foreach (var r in rows)
        {
            text.AppendJoin(',', r.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Quoted(r.Metric), r.Period.ToString(CultureInfo.InvariantCulture), Quoted(r.Dimension), Quoted(r.DimensionValue), Number(r.Value), Number(r.Numerator), Number(r.Denominator)).Append('\n');
        }

        return text.ToString();

        static string Number(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? string.Empty;
        static string Quoted(string? value) => value is null ? string.Empty
            : value.Length == 0 || value.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }

    private static string Json(List<MetricRow> rows) => JsonSerializer.Serialize(
        rows.Select(r => new Dictionary<string, object?>
        {
            ["day"] = r.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["metric"] = r.Metric,
            ["period_days"] = r.Period,
            ["dimension"] = r.Dimension,
            ["dimension_value"] = r.DimensionValue,
            ["value"] = r.Value,
            ["numerator"] = r.Numerator,
            ["denominator"] = r.Denominator,
        }));

    private static BatchEtlException NotPublished(RunParts parts, DateOnly day) => BatchEtlException.Usage(
        $"{day:yyyy-MM-dd} is not published in {parts.Warehouse.Root}; {(parts.Warehouse.Manifests.Days() is { Count: > 0 } days ? $"published: {days[0]:yyyy-MM-dd} to {days[^1]:yyyy-MM-dd}" : "nothing is yet")}");
}
