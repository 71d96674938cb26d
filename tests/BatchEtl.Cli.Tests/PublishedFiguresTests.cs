using System.Text.Json;
using BatchEtl.Avro.Container;
using BatchEtl.Core.Configuration;
using BatchEtl.DuckDb;
using BatchEtl.Jobs.Tests;
using BatchEtl.Landing;
using global::Avro.File;
using global::Avro.Generic;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>
/// Figures that others have published together with their data: worked examples in the documentation of databases and stream processors. What they
/// print comes out of a pipeline file alone, so our sessions (S1–S6), retention (A4) and funnels (A5) mean what the field means by them.
/// A case is a folder: pipeline.yaml, the printed data as events.csv and, with its source, what was published in expected.json.
/// </summary>
[TestFixture]
public sealed class PublishedFiguresTests
{
    private static readonly string _cases = Path.Combine(AppContext.BaseDirectory, "published-figures");
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    private static IEnumerable<string> Names => Directory.GetDirectories(_cases).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Names))]
    public void APipelineFileGivesWhatWasPublished(string name)
    {
        using var folder = new TemporaryFolder();
        var pipelineFile = Path.Combine(folder.Path, "pipeline.yaml");
        File.Copy(Path.Combine(_cases, name, "pipeline.yaml"), pipelineFile);
        var lines = File.ReadAllLines(Path.Combine(_cases, name, "events.csv"));
        Land(lines, Path.Combine(folder.Path, "landing"));
        var expected = JsonSerializer.Deserialize<Expected>(File.ReadAllText(Path.Combine(_cases, name, "expected.json")), _json)!;

        var run = ProgramRun.Of(
            "backfill", "--pipeline", pipelineFile, "--from", $"{expected.From:yyyy-MM-dd}", "--to", $"{expected.To:yyyy-MM-dd}", "--as-of", $"{expected.To.AddDays(2):yyyy-MM-dd}T00:00:00Z");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var pipeline = PipelineFile.Load(pipelineFile, [], folder.Path);
        using var engine = new DuckDbEngine(pipeline.Engine, folder.Path, new LandedInput(pipeline, AvroSource.OpenFile));
        Assert.That(Rows(engine, folder.Path, new Figures("events", null, ["count(*)"], [])), Is.EqualTo([$"{lines.Length - 1}"]), "events of all days");
        foreach (var figures in expected.Figures)
        {
            Assert.That(Rows(engine, folder.Path, figures), Is.EqualTo(figures.Rows), $"{figures.Table} {figures.Where}, published: {expected.Published}\n{expected.Source}\n{expected.Url}");
        }
    }

    /// <summary>The rows of all days, their columns as text.</summary>
    private static IReadOnlyList<string> Rows(DuckDbEngine engine, string folder, Figures figures)
    {
        var files = Directory.GetFiles(Path.Combine(folder, "warehouse", figures.Table), "*.parquet", SearchOption.AllDirectories);
        var columns = string.Join(", ", figures.Columns.Select((c, i) => $"{c} AS c{i}"));
        var texts = string.Join(", ", figures.Columns.Select((_, i) => $"CAST(c{i} AS VARCHAR)"));
        var order = string.Join(", ", figures.Columns.Select((_, i) => $"c{i}"));
        var rows = engine.Rows(
            $"SELECT {texts} FROM (SELECT {columns} FROM {engine.ParquetRelation(files)} WHERE {figures.Where ?? "true"}) AS t ORDER BY {order}", CancellationToken.None);
        return [.. rows.Select(r => string.Join(" | ", r))];
    }

    /// <summary>One Avro file per day. The first column is the time; the number of the line, which no source has, names the event.</summary>
    private static void Land(string[] lines, string landing)
    {
        var names = lines[0].Split(',');
        var fields = string.Join(", ", names.Select(n => $$"""{ "name": "{{n}}", "type": "string" }"""));
        var schema = (global::Avro.RecordSchema)global::Avro.Schema.Parse($$"""{ "type": "record", "name": "event", "fields": [{ "name": "line", "type": "int" }, {{fields}}] }""");
        foreach (var day in lines.Index().Skip(1).GroupBy(l => l.Item[.."yyyy-MM-dd".Length]))
        {
            var file = Path.Combine(Directory.CreateDirectory(Path.Combine(landing, day.Key)).FullName, "events.avro");
            using var writer = DataFileWriter<GenericRecord>.OpenWriter(new GenericDatumWriter<GenericRecord>(schema), file);
            foreach (var (number, line) in day)
            {
                var record = new GenericRecord(schema);
                record.Add("line", number);
                foreach (var (name, value) in names.Zip(line.Split(',')))
                {
                    record.Add(name, value);
                }

                writer.Append(record);
            }
        }
    }

    /// <param name="Source">Who published the figures; Url is where, in the version that was read.</param>
    /// <param name="Published">What is printed there, and how the rows follow from it where they are not the same.</param>
    /// <param name="Differs">Where their definition is not ours or not said, and why that does not matter for this data.</param>
    /// <param name="To">The last day that is built: the first on which all figures are final.</param>
    private sealed record Expected(string Source, string Url, string Published, string? Differs, DateOnly From, DateOnly To, IReadOnlyList<Figures> Figures);

    /// <param name="Columns">SQL over the published table, so that rows read as they were printed.</param>
    private sealed record Figures(string Table, string? Where, IReadOnlyList<string> Columns, IReadOnlyList<string> Rows);
}
