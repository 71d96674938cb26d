using System.Globalization;
using BatchEtl.Cli.Output;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Time;

namespace BatchEtl.Cli.Verbs;

/// <summary>Verbs that look and change nothing.</summary>
internal static class LookVerbs
{
    public static ExitCode Schema()
    {
        Console.Out.WriteLine(PipelineSchema.Text);
        return ExitCode.Done;
    }

    public static ExitCode Check(CheckOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        var pipeline = Composition.Load(options);
        Console.Out.WriteLine($"{pipeline.File}: good; {pipeline.Events.Columns.Count} columns, {pipeline.Cubes.Count} cubes, {pipeline.Metrics.Declared.Count} declared metrics");
        if (options.Date is null)
        {
            return ExitCode.Done;
        }

        return RunVerbs.With(pipeline, options.LogFormat, false, OptionValues.Instant("as-of", options.AsOf) ?? now, options.Provisional, parts =>
        {
            var windows = new DayWindows(pipeline, new DayCalendar(pipeline.Zone), OptionValues.Date("date", options.Date));
            var landed = parts.Landing.Find(windows, cancellation);
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{windows.Day:yyyy-MM-dd} reads {landed.Files.Count:N0} files{PlanText.Records(landed.Files)}, of {landed.Schemas.Count} schemas"));
            foreach (var column in parts.ColumnTypes(pipeline, landed.Schemas, new Dictionary<string, ColumnType>(), parts.Log.Warning))
            {
                Console.Out.WriteLine($"  {column.Name}: {column.Type}");
            }
        });
    }

    public static ExitCode Show(ShowOptions options, CancellationToken cancellation)
    {
        var pipeline = Composition.Load(options);
        return RunVerbs.With(pipeline, "text", false, DateTimeOffset.UnixEpoch, false, parts =>
        {
            var day = OptionValues.Date("date", options.Date);
            var files = parts.Warehouse.Files(options.Table, day) ?? throw BatchEtlException.Usage(
                $"{options.Table} of {day:yyyy-MM-dd} is not published; tables: {string.Join(", ", parts.Warehouse.Tables())}");
            using var engine = parts.StartReader();
            var relation = engine.ParquetRelation(files);
            var columns = engine.Rows($"DESCRIBE SELECT * FROM {relation}", cancellation).Select(r => (string)r[0]!).ToList();
            var rows = engine.Rows(
                string.Create(CultureInfo.InvariantCulture, $"SELECT * FROM {relation} AS t{(options.Where is null ? "" : $" WHERE {options.Where}")} LIMIT {options.Limit}"),
                cancellation);
            TextTable.Write(Console.Out, columns, rows);
        });
    }

    public static ExitCode Status(StatusOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        var pipeline = Composition.Load(options);
        return RunVerbs.With(pipeline, options.LogFormat, false, OptionValues.Instant("as-of", options.AsOf) ?? now, true, parts =>
        {
            var days = parts.Warehouse.Manifests.Days();
            if (days.Count == 0)
            {
                Console.Out.WriteLine($"{parts.Warehouse.Root}: nothing published yet");
                return;
            }

            var rows = new List<IReadOnlyList<object?>>();
            foreach (var (day, stale) in new NightRunner(parts).Status(cancellation))
            {
                var manifest = parts.Warehouse.Manifests.Read(day);
                rows.Add(manifest is null
                    ? [day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "missing", null, null, null, null]
                    : [day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), manifest.Provisional ? "provisional" : stale is null ? "published" : $"stale: {stale}", manifest.Completeness, manifest.Counts.Events, manifest.Counts.Sessions, manifest.RunId]);
            }

            TextTable.Write(Console.Out, ["day", "state", "completeness", "events", "sessions", "run"], rows);
            var waiting = parts.Warehouse.Manifests.Read(days[^1])!.Unprocessed;
            foreach (var file in waiting)
            {
                Console.Out.WriteLine($"unprocessed: {file}");
            }
        });
    }
}
