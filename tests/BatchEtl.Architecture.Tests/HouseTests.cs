using System.Text.RegularExpressions;
using System.Xml.Linq;
using BatchEtl.DuckDb;
using NUnit.Framework;

namespace BatchEtl.Architecture.Tests;

/// <summary>The one-way arrows of the house, and what stands where.</summary>
[TestFixture]
public sealed partial class HouseTests
{
    private static readonly Dictionary<string, string[]> _arrows = new()
    {
        ["BatchEtl.Core"] = [],
        ["BatchEtl.Avro"] = [],
        ["BatchEtl.Landing"] = ["BatchEtl.Core", "BatchEtl.Avro"],
        ["BatchEtl.DuckDb"] = ["BatchEtl.Core", "BatchEtl.Avro", "BatchEtl.Landing"],
        ["BatchEtl.Storage"] = ["BatchEtl.Core"],
        ["BatchEtl.Parquet"] = ["BatchEtl.Core"],
        ["BatchEtl.Jobs"] = ["BatchEtl.Core"],
    };

    private static readonly HashSet<string> _topLevel =
    [
        "jobs", "shared", "tests", "scripts", "oozie", "BatchEtl.sln", "README.md", "LICENSE", "global.json", "BannedSymbols.txt",
        "Directory.Build.props", "Directory.Packages.props",
    ];

    private static string Root
    {
        get
        {
            var at = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
            while (!File.Exists(Path.Combine(at.FullName, "BatchEtl.sln")))
            {
                at = at.Parent!;
            }

            return at.FullName;
        }
    }

    [Test]
    public void ProjectsReferOneWay()
    {
        foreach (var (project, allowed) in _arrows)
        {
            var file = Directory.GetFiles(Root, $"{project}.csproj", SearchOption.AllDirectories).Single();
            var references = XDocument.Load(file).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
            Assert.That(references, Is.SubsetOf(allowed), project);
        }
    }

    [Test]
    public void AssembliesReferOneWay()
    {
        foreach (var (project, allowed) in _arrows)
        {
            var references = System.Reflection.Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("BatchEtl.", StringComparison.Ordinal));
            Assert.That(references, Is.SubsetOf(allowed), project);
        }
    }

    [Test]
    public void JobsNameNoEngine()
    {
        var files = Directory.GetFiles(Path.Combine(Root, "jobs", "BatchEtl.Jobs"), "*.sql", SearchOption.AllDirectories).Where(f => !f.Contains("/bin/", StringComparison.Ordinal)).ToList();
        Assert.That(files, Has.Count.GreaterThan(5));
        foreach (var file in files)
        {
            Assert.That(EngineWords().Match(File.ReadAllText(file)).Value, Is.Empty, file);
        }
    }

    [Test]
    public void EveryFunctionThatJobsCallIsInTheDialect()
    {
        var known = DuckDbDialect.Instance.FunctionNames.ToHashSet();
        var folder = Path.Combine(Root, "jobs", "BatchEtl.Jobs");
        var called = Directory.GetFiles(folder, "*.sql", SearchOption.AllDirectories).SelectMany(f => SqlCalls().Matches(File.ReadAllText(f)))
            .Concat(Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).SelectMany(f => CodeCalls().Matches(File.ReadAllText(f))))
            .Select(m => m.Groups[1].Value)
            .ToHashSet();
        Assert.That(called, Has.Count.GreaterThan(20));
        Assert.That(called.Except(known), Is.Empty);
    }

    [Test]
    public void TheTopLevelIsFixed()
    {
        var entries = Directory.GetFileSystemEntries(Root).Select(e => Path.GetFileName(e)!).Where(e => e[0] != '.' && e != "demo");
        Assert.That(entries, Is.SubsetOf(_topLevel));
    }

    [Test]
    public void TheWallClockIsBanned() =>
        Assert.That(File.ReadAllText(Path.Combine(Root, "BannedSymbols.txt")), Does.Contain("P:System.DateTimeOffset.UtcNow").And.Contain("P:System.DateTime.Now"));

    [GeneratedRegex(@"duckdb|spark|read_parquet|struct_pack|epoch_us|arg_min|::|string_agg", RegexOptions.IgnoreCase)]
    private static partial Regex EngineWords();

    [GeneratedRegex(@"@([a-z_0-9]+)\(")]
    private static partial Regex SqlCalls();

    [GeneratedRegex(@"[dD]ialect\.Call\(\s*""([a-z_0-9]+)""")]
    private static partial Regex CodeCalls();
}
