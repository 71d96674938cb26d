using System.Globalization;
using BatchEtl.Avro.Container;
using BatchEtl.Cli.Tests.Spark;
using BatchEtl.Core.Configuration;
using BatchEtl.DuckDb;
using BatchEtl.Landing;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>A real Hive metastore and Trino: what a night registers is what they see, first, restated, with a new column, expired.</summary>
[TestFixture]
[Platform(Exclude = "Win")]
public sealed class CatalogTests
{
    private string _folder = null!;
    private string _uri = null!;
    private Night _night = null!;
    private int _database;

    private string Metastore => Path.Combine(_folder, "metastore");

    private string Trino => Path.Combine(_folder, "trino");

    private string Database => $"product{_database}";

    private string[] Catalog => ["--set", $"catalog={{kind: hive, uri: '{_uri}', database: {Database}}}"];

    [OneTimeSetUp]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory("batch-etl-catalog-").FullName;
        ClusterScript.Run("metastore", "up", Metastore);
        _uri = ClusterScript.Value(ClusterScript.Run("metastore", "env", Metastore), "METASTORE_URI");
        ClusterScript.Run("trino", "up", Trino, "--metastore", _uri);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        foreach (var (script, folder) in new[] { ("trino", Trino), ("metastore", Metastore) })
        {
            if (Directory.Exists(folder))
            {
                ClusterScript.Run(script, "down", folder);
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    [SetUp]
    public void Generate()
    {
        _night = new Night(6_000);
        _database++;
    }

    [TearDown]
    public void Remove() => _night.Dispose();

    [Test]
    public void TrinoSeesWhatIsPublished()
    {
        var late = _night.LandedFile("2026-03-27/12");
        File.Move(late, late + ".kept");
        Published("nightly", "--date", "2026-03-27");
        SameInTrino();

        // A late file restates the first day in the second night.
        File.Move(late + ".kept", late);
        Published("nightly", "--date", "2026-03-28");
        SameInTrino();
        Assert.That(Query("SELECT count(*) FROM restatements"), Is.Not.EqualTo("0"));

        // The third night has a dimension and a measure more; the days before have none of it.
        string[] more = ["--set", "events.dimensions.site={constant: main}", "--set", "events.measures.pieces=quantity"];
        Published("nightly", ["--date", "2026-03-29", .. more]);
        Assert.That(Query("SELECT count(*), count(site), count(pieces) FROM events WHERE dt < DATE '2026-03-28'"), Does.EndWith("\t0\t0"));
        Assert.That(Query("SELECT DISTINCT site FROM events WHERE dt = DATE '2026-03-29'"), Is.EqualTo("main"));
        SameInTrino();

        string[] keep = [.. more, "--set", "landing.lateness=0", "--set", "warehouse.keep={events: 1d, rejects: 1d}"];
        var list = _night.Run("expire", [.. keep, .. Catalog]);
        Assert.That(_night.Run("expire", [.. keep, .. Catalog, "--confirm", list.Confirmation]).ExitCode, Is.Zero);
        Assert.That(Query("SELECT min(dt) FROM events"), Is.EqualTo("2026-03-28"));
        SameInTrino();
        Assert.That(_night.Run("sync-catalog", [.. more, .. Catalog]).Output, Does.Contain("the catalog has all that is published"));
    }

    [Test]
    public void TheViewsAreQueriesThatTrinoRuns()
    {
        Published("backfill", Night.Backfill());
        var views = Views().Select(v => v.Query).ToList();
        Assert.That(views, Has.Count.EqualTo(7));
        var triangle = views.Single(v => v.Contains("\"retention\"", StringComparison.Ordinal));
        Assert.That(Query($"SELECT count(*) - count(DISTINCT (period, cohort, n)), count_if(period = 'day') FROM ({triangle})"), Is.EqualTo("0\t6"), "days 0, 1 and 2 of three cohorts");
        Assert.That(
            Query($"SELECT funnel, count(DISTINCT entry_day) FROM ({views.Single(v => v.Contains("\"funnels\"", StringComparison.Ordinal))}) GROUP BY funnel ORDER BY funnel"),
            Is.EqualTo("buy\t2\nmobile_buy\t1"), "the last day's windows are open; 24 h behind the day before it too, as it has 23");
        Assert.That(Query($"SELECT count(*) FROM ({views[0]})"), Is.EqualTo(Query("SELECT count(*) FROM actors WHERE dt = DATE '2026-03-29'")));
        Assert.That(Query($"SELECT dau, gmv FROM ({views[1]}) WHERE dimension IS NULL AND dt = DATE '2026-03-28'"), Is.EqualTo(Query(
            "SELECT max(CASE metric WHEN 'dau' THEN value END), max(CASE metric WHEN 'gmv' THEN value END) FROM metrics WHERE dimension IS NULL AND dt = DATE '2026-03-28'")));
        Assert.That(Query($"SELECT sum(events) FROM ({views.Single(v => v.Contains("\"cube_traffic\"", StringComparison.Ordinal))})"), Is.EqualTo(Query("SELECT count(*) FROM events")));
    }

    [Test]
    public void DdlMakesTheSameTablesInTrinosOwnMetastore()
    {
        Published("backfill", Night.Backfill());
        foreach (var statement in Ddl("trino", "own").Split(";\n").Select(s => s.Trim()).Where(s => s.Length > 0 && !s.Contains(" VIEW ", StringComparison.Ordinal)))
        {
            Query(string.Join('\n', statement.Split('\n').Where(l => !l.StartsWith("--", StringComparison.Ordinal))), "hive.own");
        }

        foreach (var table in Tables())
        {
            Assert.That(Query($"SELECT count(*) FROM \"{table}\"", "hive.own"), Is.EqualTo(Query($"SELECT count(*) FROM \"{table}\"")), table);
        }
    }

    [Test]
    public void DdlMakesTheTablesAndViewsInSpark()
    {
        Published("backfill", Night.Backfill());
        SqlShell.Spark(_uri, Ddl("spark", "in_spark"), _folder);
        string[] tables = [.. Tables(), "latest_actors", "metrics_wide", "retention_triangle", "funnels_final", "cube_traffic_finest"];
        var counted = SqlShell.Spark(_uri, string.Join('\n', tables.Select(t => $"SELECT '{t}', count(*) FROM in_spark.{t};")), _folder).Trim().Split('\n');
        Assert.That(counted, Has.Length.EqualTo(tables.Length));
        var views = Views().ToDictionary(v => v.Name, v => v.Query);
        foreach (var (table, count) in counted.Select(l => l.Split('\t')).Select(l => (l[0], l[1])))
        {
            Assert.That(count, Is.EqualTo(Query($"SELECT count(*) FROM ({views.GetValueOrDefault(table, $"SELECT * FROM \"{table}\"")})")), table);
        }
    }

    /// <summary>Hive runs every statement; its reader has no MapReduce here and no instants, so what it reads are selections of the others.</summary>
    [Test]
    public void DdlMakesTheTablesAndViewsInHive()
    {
        Published("backfill", Night.Backfill());
        SqlShell.Hive(_uri, Ddl("hive", "in_hive"), _folder);
        foreach (var (asked, filter) in new[] { ("metrics", "metric = 'gmv'"), ("funnels_final", "funnel = 'buy'"), ("cube_traffic_finest", "platform = 'ios'"), ("actors", "dt = '2026-03-29'"), ("event_catalog", "event_name = 'purchase'") })
        {
            var view = Views().ToDictionary(v => v.Name, v => v.Query).GetValueOrDefault(asked, $"SELECT * FROM \"{asked}\"");
            var rows = SqlShell.Hive(_uri, $"SELECT * FROM in_hive.{asked} WHERE {filter};", _folder).Split('\n').Count(l => l.Contains('\t', StringComparison.Ordinal));
            Assert.That($"{rows}", Is.EqualTo(Query($"SELECT count(*) FROM ({view}) WHERE {filter.Replace("dt = '", "dt = DATE '", StringComparison.Ordinal)}")), asked);
        }
    }

    [Test]
    public void ARegistrationKilledAtAnyMomentIsCompletedByTheNext()
    {
        Assert.That(_night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
        var random = new Random(11);
        var killed = 0;
        for (var attempt = 0; attempt < 6; attempt++)
        {
            killed += ProgramRun.Killed(TimeSpan.FromMilliseconds(random.Next(300, 2_500)), ["sync-catalog", "--pipeline", _night.Pipeline, "--as-of", Night.AsOf, .. Catalog]) ? 1 : 0;
        }

        Assert.That(killed, Is.Positive);
        Assert.That(_night.Run("sync-catalog", Catalog).ExitCode, Is.Zero);
        SameInTrino();
        Assert.That(_night.Run("sync-catalog", Catalog).Output, Does.Contain("the catalog has all that is published"));
    }

    [Test]
    public void DdlForDuckDbMakesViewsWithComments()
    {
        Assert.That(_night.Run("backfill", Night.Backfill()).ExitCode, Is.Zero);
        using var engine = Engine();
        foreach (var statement in _night.Run("ddl", "--for", "duckdb").Output.Split(";\n").Where(s => s.Trim().Length > 0))
        {
            engine.Execute(statement, CancellationToken.None);
        }

        Assert.That(engine.Rows("SELECT count(*) FROM \"default\".metrics_wide WHERE dimension IS NULL", CancellationToken.None)[0][0], Is.EqualTo(3L));
        Assert.That(engine.Rows("SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND schema_name = 'default' AND table_name IN ('events', 'metrics', 'cube_traffic')", CancellationToken.None)[0][0], Is.EqualTo(0L));
    }

    [Test]
    public void AQueryDuringAReplacementSeesOneVersion()
    {
        var late = _night.LandedFile("2026-03-28/12");
        File.Move(late, late + ".kept");
        Published("backfill", Night.Backfill());
        const string sums = "SELECT count(*), sum(quantity), count(DISTINCT session_id) FROM events WHERE dt = DATE '2026-03-28'";
        var before = Query(sums);
        File.Move(late + ".kept", late);
        var run = Task.Run(() => _night.Run("nightly", ["--date", "2026-03-29", .. Catalog]));
        var seen = new HashSet<string>();
        do
        {
            try
            {
                seen.Add(Query(sums));
            }
            catch (InvalidOperationException e) when (e.Message.Contains("HIVE_CANNOT_OPEN_SPLIT", StringComparison.Ordinal) || e.Message.Contains("HIVE_FILESYSTEM_ERROR", StringComparison.Ordinal))
            {
                // It had listed the old files: an error, not a mixture.
            }
        }
        while (!run.IsCompleted);
        Assert.That(run.Result.ExitCode, Is.Zero, run.Result.Error);
        var after = Query(sums);
        Assert.That(after, Is.Not.EqualTo(before));
        Assert.That(seen, Is.SubsetOf(new[] { before, after }));
    }

    [Test]
    public void AChangedTableIsRefusedAndAMissingMetastoreCostsNoNight()
    {
        var away = _night.Run("nightly", "--date", "2026-03-27", "--set", "catalog={kind: hive, uri: 'thrift://127.0.0.1:9', database: x}");
        Assert.That(away.ExitCode, Is.Zero, away.Error);
        Assert.That(away.Error, Does.Contain("warning: thrift://127.0.0.1:9: connect: ").And.Contain("run batch-etl sync-catalog"));
        Assert.That(_night.Run("sync-catalog", "--set", "catalog={kind: hive, uri: 'thrift://127.0.0.1:9', database: x}").ExitCode, Is.EqualTo(6));
        Assert.That(_night.Run("sync-catalog").ExitCode, Is.EqualTo(2));

        Query($"CREATE SCHEMA IF NOT EXISTS hms.{Database}; CREATE TABLE hms.{Database}.sessions (session_id varchar, dt date) WITH (format = 'PARQUET', external_location = 'file://{_night.Warehouse}/sessions', partitioned_by = ARRAY['dt'])", "hms.default");
        var refused = _night.Run("sync-catalog", Catalog);
        Assert.That(refused.ExitCode, Is.EqualTo(5), refused.Error);
        Assert.That(refused.Error, Does.Contain("sessions.session_id: expected bigint, found string"));
        var night = _night.Run("nightly", ["--date", "2026-03-28", .. Catalog]);
        Assert.That((night.ExitCode, night.Error), Is.EqualTo((0, night.Error)));
        Assert.That(night.Error, Does.Contain("sessions.session_id: expected bigint, found string"));
    }

    private string Ddl(string engine, string database) => _night.Run("ddl", "--for", engine, "--set", $"catalog={{kind: hive, uri: '{_uri}', database: {database}}}").Output;

    private IEnumerable<(string Name, string Query)> Views() => _night.Run("ddl", ["--for", "trino", .. Catalog]).Output.Split("CREATE OR REPLACE VIEW ").Skip(1).Select(v => (
        v[..v.IndexOfAny([' ', '\n'])].Split('.')[^1].Trim('"'), v[(v.IndexOf(" AS ", StringComparison.Ordinal) + 4)..v.IndexOf(";\n", StringComparison.Ordinal)]));

    private void Published(string verb, params string[] arguments)
    {
        var run = _night.Run(verb, [.. arguments, .. Catalog]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Does.Not.Contain("sync-catalog"));
    }

    /// <summary>Every table in Trino: rows, and sums of all numbers, as the files have them.</summary>
    private void SameInTrino()
    {
        using var engine = Engine();
        using (Assert.EnterMultipleScope())
        {
            foreach (var table in Tables())
            {
                var files = Directory.GetFiles(Path.Combine(_night.Warehouse, table), "*.parquet", SearchOption.AllDirectories);
                var relation = $"read_parquet([{string.Join(", ", files.Select(engine.Dialect.Text))}], union_by_name = true)";
                var columns = engine.Rows($"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {relation})", CancellationToken.None);
                var numbers = columns.Where(c => (string)c[1]! is "BIGINT" or "INTEGER" || ((string)c[1]!).StartsWith("DECIMAL", StringComparison.Ordinal)).Select(c => $"\"{c[0]}\"").ToList();
                var texts = columns.Where(c => (string)c[1]! is "VARCHAR" or "TIMESTAMP" or "DATE" or "BOOLEAN").Select(c => $"\"{c[0]}\"");
                var asked = string.Join(", ", numbers.Select(n => $"CAST(sum(CAST({n} AS decimal(38, 6))) AS varchar)").Concat(texts.Select(t => $"CAST(count(DISTINCT {t}) AS varchar)")).Prepend("CAST(count(*) AS varchar)"));
                var expected = string.Join('\t', engine.Rows($"SELECT {asked} FROM {relation} AS t", CancellationToken.None)[0].Select(v => v ?? "NULL"));
                Assert.That(Query($"SELECT {asked} FROM \"{table}\""), Is.EqualTo(expected), table);
            }
        }
    }

    private IEnumerable<string> Tables() => Directory.GetDirectories(_night.Warehouse).Where(d => Directory.EnumerateFiles(d, "*.parquet", SearchOption.AllDirectories).Any()).Select(d => Path.GetFileName(d)).Where(t => t[0] != '_');

    private DuckDbEngine Engine()
    {
        var pipeline = PipelineFile.Load(_night.Pipeline, [], _night.Folder);
        return new DuckDbEngine(pipeline.Engine, Path.GetTempPath(), new LandedInput(pipeline, AvroSource.OpenFile));
    }

    private string Query(string sql, string? schema = null) =>
        ClusterScript.Run("trino", "query", Trino, sql, schema ?? string.Create(CultureInfo.InvariantCulture, $"hms.{Database}")).TrimEnd('\n');
}
