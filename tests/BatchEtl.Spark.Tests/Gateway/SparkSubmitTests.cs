using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Spark.Gateway;

namespace BatchEtl.Spark.Tests.Gateway;

/// <summary>What becomes of a spark-submit that we start, by scripts in its place.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SparkSubmitTests
{
    private string _home = null!;

    [SetUp]
    public void Make() => _home = Directory.CreateTempSubdirectory("batch-etl-home-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_home, recursive: true);

    [Test]
    public void OneThatEndsIsToldWithItsReasons()
    {
        Script("echo a line; echo 'java.lang.Exception: no such master' >&2; exit 3");
        var error = Assert.Throws<BatchEtlException>(() => Open(CancellationToken.None))!;
        Assert.That(error.ExitCode, Is.EqualTo(ExitCode.Engine));
        Assert.That(error.Message, Does.StartWith("spark: start: spark-submit ended with 3").And.EndWith("java.lang.Exception: no such master"));
    }

    [Test]
    public void OneThatMayNotRunIsToldWithItsPath()
    {
        Script("exit 0", mayRun: false);
        Assert.That(() => Open(CancellationToken.None), Throws.TypeOf<BatchEtlException>().With.Message.Contains($"{_home}/bin/spark-submit"));
    }

    /// <summary>Not ready yet, and ready but with a session that does not come.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void OneThatIsNotWantedAnyMoreIsEnded(bool ready)
    {
        using var silent = new FakeGateway(_ =>
        {
            Thread.Sleep(2_000);
            return null;
        });
        var port = Convert.ToHexString(BitConverter.GetBytes(silent.Address.Port).Reverse().ToArray());
        var connection = string.Concat(Enumerable.Range(0, 4).Select(i => $"\\x{port[(2 * i)..(2 * i + 2)]}")) + $"\\x00\\x00\\x00\\x{FakeGateway.Secret.Length:x2}{FakeGateway.Secret}";
        Script($"echo $$ > {_home}/pid; {(ready ? $"printf '{connection}' > \"$_PYSPARK_DRIVER_CONN_INFO_PATH\"; " : "")}exec sleep 60");
        using var unwanted = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var waited = Stopwatch.StartNew();
        Assert.That(() => Open(unwanted.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        var process = int.Parse(File.ReadAllText($"{_home}/pid"), CultureInfo.InvariantCulture);
        Assert.That(() => Process.GetProcessById(process), Throws.ArgumentException, "it has ended");
    }

    [Test]
    public void TheScriptsNameIsNoArgumentOfOurs()
    {
        Func<string, string?> started = v => v == "PYSPARK_GATEWAY_PORT" ? "1" : null;
        Assert.That(SparkSessions.Arguments(["/x/nightly.py", "check", "a.py"], started), Is.EqualTo(new[] { "check", "a.py" }));
        Assert.That(SparkSessions.Arguments(["check", "a.py"], started), Is.EqualTo(new[] { "check", "a.py" }));
        Assert.That(SparkSessions.Arguments(["nightly.py", "check"], _ => null), Is.EqualTo(new[] { "nightly.py", "check" }));
    }

    private void Open(CancellationToken cancellation) => SparkSessions.Open(
        new EngineOptions("spark", 1, null, null, "local[1]", new Dictionary<string, string>()), "tests", v => v == "SPARK_HOME" ? _home : null, cancellation).Dispose();

    private void Script(string text, bool mayRun = true)
    {
        var program = Path.Combine(Directory.CreateDirectory(Path.Combine(_home, "bin")).FullName, "spark-submit");
        File.WriteAllText(program, "#!/usr/bin/env bash\n" + text + "\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | (mayRun ? UnixFileMode.UserExecute : 0));
    }
}
