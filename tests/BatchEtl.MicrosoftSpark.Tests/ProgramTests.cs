using System.Reflection;
using Microsoft.Spark;

namespace BatchEtl.MicrosoftSpark.Tests;

/// <summary>The head's program is the command line of batch-etl, with Spark reached through the package.</summary>
public sealed class ProgramTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("batch-etl-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void TheVerbsAreTheSame()
    {
        Assert.That(Run("schema"), Is.Zero);
        Assert.That(Run("no-such-verb"), Is.EqualTo(2));
    }

    [Test]
    public void SparkIsReachedThroughThePackage()
    {
        var asked = new List<string>();
        ReferenceJvm.Answer = (target, method, _) =>
        {
            asked.Add($"{target}.{method}");
            throw new JvmException("java.lang.IllegalStateException: no Spark here\n\tat x.Y.z(Y.scala:1)");
        };
        var pipeline = Path.Combine(AppContext.BaseDirectory, "examples", "marketplace", "pipeline.yaml");
        Assert.That(Run("generate", "--out", Path.Combine(_folder, "landing"), "--events", "1000", "--days", "1", "--seed", "1", "--first-day", "2026-03-28"), Is.Zero);
        var exitCode = Run(
            "nightly", "--pipeline", pipeline, "--date", "2026-03-28", "--engine", "spark", "--no-progress",
            "--set", $"landing.root={_folder}/landing", "--set", $"warehouse.root={_folder}/warehouse");
        Assert.That((exitCode, string.Join(' ', asked)), Is.EqualTo((6, "org.apache.spark.sql.SparkSession.builder")));
    }

    private static int Run(params string[] arguments)
    {
        var output = Console.Out;
        Console.SetOut(TextWriter.Null);
        try
        {
            return (int)Assembly.GetExecutingAssembly().EntryPoint!.Invoke(null, [arguments])!;
        }
        finally
        {
            Console.SetOut(output);
        }
    }
}
