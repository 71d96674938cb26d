using System.Text;
using System.Text.Json.Nodes;
using global::Avro.File;
using global::Avro.Generic;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>What goes wrong with tracking on a day, after five ordinary weeks, is said at the top of the day's page (A7, A8).</summary>
[TestFixture]
[Platform(Exclude = "Win")]
public sealed class PlantedFailureTests
{
    private const string Day = "2026-03-25";

    /// <summary>Midnight of that day in Vilnius.</summary>
    private static readonly DateTime _start = new(2026, 3, 24, 22, 0, 0, DateTimeKind.Utc);

    private string _folder = string.Empty;

    [OneTimeSetUp]
    public void FiveWeeks()
    {
        _folder = Directory.CreateTempSubdirectory("batch-etl-planted-").FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "examples", "marketplace", "pipeline.yaml"), Path.Combine(_folder, "pipeline.yaml"));
        Run("generate", "--out", Path.Combine(_folder, "landing"), "--events", "450000", "--days", "37", "--first-day", "2026-02-17", "--codec", "null");
        Run("backfill", "--pipeline", Path.Combine(_folder, "pipeline.yaml"), "--from", "2026-02-17", "--to", "2026-03-24", "--set", "report=false");
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void AnOrdinaryDay()
    {
        var (_, report) = Night(r => [r]);
        Assert.That(report["event_states"]!.AsObject(), Is.Empty);
        Assert.That(
            report["anomalies"]!.AsArray().Where(a => a!["dimension"] is null && (string)a["metric"]! is "events" or "dau" or "sessions"), Is.Empty);
    }

    [Test]
    public void APlatformStopsSending()
    {
        var (first, report) = Night(r => (string)r["platform"] == "ios" ? [] : [r]);
        Assert.That(first, Does.Contain("on ios none, the usual Wednesday has "));
        Assert.That(report["anomalies"]!.AsArray().Select(a => (string)a!["text"]!), Has.Some.StartsWith("events on ios none, the usual Wednesday has"));
    }

    [Test]
    public void APriceColumnGoesEmpty()
    {
        var (first, _) = Night(r =>
        {
            r.Add("price", null);
            return [r];
        });
        Assert.That(first, Does.Contain("price is empty in "));
    }

    [Test]
    public void ANewEventNameAppears()
    {
        var (first, report) = Night(r =>
        {
            if ((string)r["event_name"] == "search" && ((string)r["event_id"])[0] is '1' or '2' or '3' or '4')
            {
                r.Add("event_name", "search_v2");
            }

            return [r];
        });
        Assert.That(first, Does.Contain("event search_v2 is new"));
        Assert.That((string)report["event_states"]!["search_v2"]!, Is.EqualTo("new"));
    }

    [Test]
    public void TrafficDoubles()
    {
        var (first, _) = Night(r =>
        {
            var twin = new GenericRecord(r.Schema);
            foreach (var field in r.Schema.Fields)
            {
                twin.Add(field.Name, field.Name is "event_id" or "device_id" && r[field.Name] is string { Length: > 0 } id ? Other(id) : r[field.Name]);
            }

            return [r, twin];
        });
        Assert.That(first, Does.Match("events (9[0-9]|1[01][0-9]) % above the usual Wednesday"));

        static string Other(string id) => (id[0] == 'f' ? '0' : id[0] == '9' ? 'a' : (char)(id[0] + 1)) + id[1..];
    }

    /// <summary>Runs the night with its landed records changed.</summary>
    /// <returns>What the page shows before anything is opened, and the JSON report.</returns>
    private (string First, JsonNode Report) Night(Func<GenericRecord, GenericRecord[]> change)
    {
        var folder = Path.Combine(_folder, TestContext.CurrentContext.Test.Name);
        foreach (var file in Directory.GetFiles(Path.Combine(_folder), "*", SearchOption.AllDirectories).Where(f => !f[_folder.Length..].StartsWith(TestContext.CurrentContext.Test.Name, StringComparison.Ordinal)))
        {
            var path = Path.GetRelativePath(_folder, file);
            if (path.Split('/')[0] is "landing" or "warehouse" or "pipeline.yaml")
            {
                var copy = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }

        foreach (var day in new[] { "2026-03-24", "2026-03-25" })
        {
            foreach (var file in Directory.GetFiles(Path.Combine(folder, "landing", day), "*.avro", SearchOption.AllDirectories))
            {
                Rewrite(file, change);
            }
        }

        Run("nightly", "--pipeline", Path.Combine(folder, "pipeline.yaml"), "--date", Day, "--as-of", "2026-03-26T10:00:00Z");
        var page = File.ReadAllText(Path.Combine(folder, "warehouse", "_reports", $"dt={Day}.html"));
        var changed = page[page.IndexOf("<h2 id=\"changed\"", StringComparison.Ordinal)..];
        var report = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "warehouse", "_reports", $"dt={Day}.json")))!;
        return (changed[..changed.IndexOf("<details>", StringComparison.Ordinal)], report);
    }

    /// <summary>The library can't read some of the landed times as such, so logical types are hidden from it by a name of the same length.</summary>
    private static void Rewrite(string file, Func<GenericRecord, GenericRecord[]> change)
    {
        const string named = "logicalType", hidden = "logicalHide";
        File.WriteAllBytes(file, Renamed(File.ReadAllBytes(file), named, hidden));
        List<GenericRecord> records;
        global::Avro.Schema schema;
        using (var reader = DataFileReader<GenericRecord>.OpenReader(file))
        {
            schema = reader.GetSchema();
            records = [.. reader.NextEntries];
        }

        var start = (_start - DateTime.UnixEpoch).Ticks / (schema.ToString().Contains("timestamp-millis", StringComparison.Ordinal) ? TimeSpan.TicksPerMillisecond : TimeSpan.TicksPerMicrosecond);
        using (var writer = DataFileWriter<GenericRecord>.OpenWriter(new GenericDatumWriter<GenericRecord>(schema), file))
        {
            foreach (var record in records.SelectMany(r => r["occurred_at"] is long at && at >= start ? change(r) : [r]))
            {
                writer.Append(record);
            }
        }

        File.WriteAllBytes(file, Renamed(File.ReadAllBytes(file), hidden, named));
    }

    private static byte[] Renamed(byte[] bytes, string from, string to)
    {
        for (var at = 0; bytes.AsSpan(at).IndexOf(Encoding.ASCII.GetBytes(from)) is var next && next >= 0; at += next + from.Length)
        {
            Encoding.ASCII.GetBytes(to).CopyTo(bytes, at + next);
        }

        return bytes;
    }

    private static void Run(params string[] arguments)
    {
        var run = ProgramRun.Of(arguments);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }
}
