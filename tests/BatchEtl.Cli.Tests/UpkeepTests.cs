using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BatchEtl.Avro.Container;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Upkeep;
using BatchEtl.DuckDb;
using BatchEtl.Landing;
using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

/// <summary>expire (P6), erase (P7) and verify on a published warehouse, killed in between too.</summary>
[TestFixture]
public sealed class UpkeepTests
{
    private const string Days = "--from 2026-03-27 --to 2026-03-29";
    private static readonly string[] _keep = Night.KeptForADay;

    private Night _night = null!;

    [SetUp]
    public void Publish()
    {
        _night = new Night(8_000);
        Assert.That(_night.Run("backfill", Night.Backfill(_keep)).ExitCode, Is.Zero);
    }

    [TearDown]
    public void Remove() => _night.Dispose();

    [Test]
    public void VerifyFindsWhatIsDamagedMissingOrTooMuch()
    {
        var good = _night.Run("verify", [.. Days.Split(' '), .. _keep]);
        Assert.That((good.ExitCode, good.Output.Trim()), Is.EqualTo((0, "2026-03-27 to 2026-03-29: all as published")), good.Error);

        var damaged = File("events", "2026-03-27");
        var bytes = System.IO.File.ReadAllBytes(damaged);
        bytes[bytes.Length / 2] ^= 1;
        System.IO.File.WriteAllBytes(damaged, bytes);
        var missing = File("sessions", "2026-03-28");
        System.IO.File.Delete(missing);
        var extra = File("cube_traffic", "2026-03-28").Replace("part-000", "part-999", StringComparison.Ordinal);
        System.IO.File.Copy(File("cube_traffic", "2026-03-28"), extra);
        System.IO.File.Delete(Path.Combine(_night.Warehouse, "_manifests", "dt=2026-03-29.json"));
        var bad = _night.Run("verify", [.. Days.Split(' '), .. _keep]);
        Assert.That(bad.ExitCode, Is.EqualTo(4), bad.Error);
        Assert.That(bad.Output, Does.Contain($"2026-03-27 events: {damaged}: expected {bytes.Length} bytes with checksum xxh128:"));
        Assert.That(bad.Output, Does.Contain($"2026-03-28 sessions: {missing}: expected the published file, found nothing"));
        Assert.That(bad.Output, Does.Contain($"2026-03-28 cube_traffic: {extra}: expected no such file"));
        Assert.That(bad.Output, Does.Contain("2026-03-29: is not published: it has no manifest"));
        Assert.That(bad.Output, Does.Contain("4 findings"));
    }

    [Test]
    public void ExpireTakesWhatIsOldAndNotNeededOnceTheListIsConfirmed()
    {
        // With no lateness the next night is 30 March's, and it may run 29 March again, which needs 28 March.
        string[] gone = ["actors/dt=2026-03-27", "events/dt=2026-03-27", "sessions/dt=2026-03-27", "rejects/dt=2026-03-27", "rejects/dt=2026-03-28", "rejects/dt=2026-03-29"];
        var before = _night.Rows();
        var list = _night.Run("expire", _keep);
        Assert.That(list.Output.Split('\n').Where(l => l.Contains("/dt=", StringComparison.Ordinal)).Select(l => l.Split("  ")[0]), Is.EquivalentTo(gone), list.Error);
        Assert.That(_night.Rows().Keys, Is.EquivalentTo(before.Keys));
        var refused = _night.Run("expire", [.. _keep, "--confirm", "0123456789abcdef"]);
        Assert.That((refused.ExitCode, refused.Error), Is.EqualTo((5, refused.Error)));

        // Killed at any moment, each partition is there or gone, and the next list holds what is left.
        ProgramRun.Killed(TimeSpan.FromMilliseconds(700), ["expire", "--pipeline", _night.Pipeline, "--as-of", Night.AsOf, .. _keep, "--confirm", list.Confirmation]);
        var rest = _night.Run("expire", _keep);
        if (rest.Output.Contains("--confirm", StringComparison.Ordinal))
        {
            Assert.That(_night.Run("expire", [.. _keep, "--confirm", rest.Confirmation]).ExitCode, Is.Zero);
        }

        var after = _night.Rows();
        Assert.That(after.Keys, Is.EquivalentTo(before.Keys.Except(gone)));
        Assert.That(after.Keys.Where(k => after[k] != before[k]), Is.Empty);
        Assert.That(_night.Run("expire", _keep).Output, Does.Contain("nothing has expired"));
        Assert.That(_night.Run("verify", [.. Days.Split(' '), .. _keep]).ExitCode, Is.Zero);
        Assert.That((string?)Manifest("2026-03-27")["expired"]!["events"], Is.Not.Null);
        var again = _night.Run("nightly", ["--date", "2026-03-29", .. _keep]);
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(_night.Run("backfill", ["--from", "2026-03-28", "--to", "2026-03-28", "--force", .. _keep]).ExitCode, Is.EqualTo(5), "what it builds on has expired");
    }

    [Test]
    public void ErasedIdsAreNowhereAndDoNotComeBack()
    {
        var (actor, user, raw) = (One("SELECT actor_id FROM events WHERE user_id IS NULL GROUP BY 1 HAVING count(*) > 5 ORDER BY 1 LIMIT 1"),
            One("SELECT user_id FROM events WHERE user_id IS NOT NULL ORDER BY 1 LIMIT 1"), One("SELECT raw_value FROM rejects WHERE length(raw_value) > 3 ORDER BY 1 LIMIT 1"));
        var ids = Path.Combine(_night.Folder, "ids.txt");
        System.IO.File.WriteAllLines(ids, [actor, user, raw]);
        Assert.That(Holders(actor).Concat(Holders(user)).Concat(Holders(raw)), Is.Not.Empty);
        var before = _night.Rows();
        var list = _night.Run("erase", ["--ids", ids, .. _keep]);
        Assert.That(list.ExitCode, Is.Zero, list.Error);
        Assert.That(list.Output, Does.Contain("events/dt=").And.Contain("sessions/dt=").And.Contain("actors/dt=").And.Contain("rejects/dt="));
        Assert.That(_night.Rows(), Is.EqualTo(before));

        // Killed in the middle, the next run of any kind completes it.
        ProgramRun.Killed(TimeSpan.FromMilliseconds(1_500), ["erase", "--pipeline", _night.Pipeline, "--as-of", Night.AsOf, "--ids", ids, .. _keep, "--confirm", list.Confirmation]);
        var rest = _night.Run("erase", ["--ids", ids, .. _keep]);
        Assert.That(_night.Run("erase", ["--ids", ids, .. _keep, "--confirm", rest.Confirmation]).ExitCode, Is.Zero.Or.EqualTo(5));
        rest = _night.Run("erase", ["--ids", ids, .. _keep]);
        Assert.That(_night.Run("erase", ["--ids", ids, .. _keep, "--confirm", rest.Confirmation]).ExitCode, Is.Zero);
        NowhereIn(actor, user, raw);
        Assert.That(_night.Run("verify", [.. Days.Split(' '), .. _keep]).ExitCode, Is.Zero);
        Assert.That(System.IO.File.ReadAllText(Path.Combine(_night.Warehouse, "_erasures.json")), Does.Contain(ErasedIds.Hash(actor)));

        // All other rows stay; aggregates too.
        var after = _night.Rows();
        foreach (var (table, text) in before)
        {
            var ours = Regex.IsMatch(table, "^(events|sessions|actors|rejects)/");
            var expected = ours ? string.Join('\n', text.Split('\n').Where(r => !Holds(r, actor) && !Holds(r, user) && !Holds(r, raw))) : text;
            Assert.That(after[table], Is.EqualTo(expected), table);
        }

        Assert.That(_night.Run("backfill", Night.Backfill([.. _keep, "--force"])).ExitCode, Is.Zero);
        Assert.That(_night.Run("expire", _keep).ExitCode, Is.Zero);
        NowhereIn(actor, user, raw);
        Assert.That(new[] { "2026-03-27", "2026-03-28", "2026-03-29" }.Sum(d => (long)Manifest(d)["counts"]!["erased"]!), Is.Positive);
        Assert.That(_night.Run("verify", [.. Days.Split(' '), .. _keep]).ExitCode, Is.Zero);
        static bool Holds(string row, string id) => row.Contains($": {id},", StringComparison.Ordinal) || row.Contains($": '{id}'", StringComparison.Ordinal) || row.Contains($": {id}}}", StringComparison.Ordinal);
    }

    private void NowhereIn(params string[] ids)
    {
        foreach (var id in ids)
        {
            Assert.That(Holders(id), Is.Empty, id);
        }
    }

    /// <summary>The warehouse's files that hold a text: Parquet files by all their values, others by their bytes.</summary>
    private List<string> Holders(string text) => With(engine => Directory.GetFiles(_night.Warehouse, "*", SearchOption.AllDirectories).Where(file =>
    {
        if (!file.EndsWith(".parquet", StringComparison.Ordinal))
        {
            return System.IO.File.ReadAllText(file).Contains(text, StringComparison.Ordinal);
        }

        return (long)engine.Rows($"SELECT count(*) FROM {engine.ParquetRelation([file])} AS t WHERE contains(CAST(t AS VARCHAR), {engine.Dialect.Text(text)})", CancellationToken.None)[0][0]! > 0;
    }).ToList());

    private string One(string sql) => With(engine =>
    {
        var named = Regex.Replace(sql, "FROM (\\w+)", m => $"FROM {engine.ParquetRelation(Directory.GetFiles(Path.Combine(_night.Warehouse, m.Groups[1].Value), "*.parquet", SearchOption.AllDirectories))} AS t");
        return (string)engine.Rows(named, CancellationToken.None)[0][0]!;
    });

    private T With<T>(Func<DuckDbEngine, T> use)
    {
        var pipeline = PipelineFile.Load(_night.Pipeline, [], _night.Folder);
        using var engine = new DuckDbEngine(pipeline.Engine, Path.GetTempPath(), new LandedInput(pipeline, AvroSource.OpenFile));
        return use(engine);
    }

    private string File(string table, string day) => Directory.GetFiles(Path.Combine(_night.Warehouse, table, $"dt={day}"), "*.parquet").Order(StringComparer.Ordinal).First();

    private JsonNode Manifest(string day) => JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(_night.Warehouse, "_manifests", $"dt={day}.json")))!;
}
