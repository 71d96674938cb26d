using System.Reflection;
using System.Xml.Linq;

namespace BatchEtl.Architecture.Tests;

/// <summary>Which project may refer to which: the arrows go one way, and adapters meet only in the program.</summary>
public sealed class ProjectArrows
{
    /// <summary>Project → the projects of ours that its file names. A new project gets its line here, with thought.</summary>
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["Core"] = [],
        ["Avro"] = [],
        ["Landing"] = ["Avro", "Core"],
        ["DuckDb"] = ["Avro", "Core", "Landing"],
        ["Spark"] = ["Avro", "Core", "Landing"],
        ["Storage"] = ["Core"],
        ["Hive"] = ["Core"],
        ["Parquet"] = ["Core"],
        ["Report"] = ["Core"],
        ["Jobs"] = ["Core"],
        ["Generator"] = ["Core"],
        ["Cli"] = ["Avro", "Core", "DuckDb", "Generator", "Hive", "Jobs", "Landing", "Parquet", "Report", "Spark", "Storage"],
        [UnbuiltHead] = ["Cli", "Core", "Spark"],
    };

    /// <summary>Needs a package that can't be had everywhere; its sources are compiled by its tests, its assembly is not built here.</summary>
    private const string UnbuiltHead = "MicrosoftSpark";

    private static IEnumerable<string> Projects => _allowed.Keys;

    private static IEnumerable<string> BuiltProjects => Projects.Where(p => p != UnbuiltHead);

    [Test]
    public void EveryProjectHasItsArrows() =>
        Assert.That(
            Repository.Files("shared", "*.csproj").Concat(Repository.Files("jobs", "*.csproj")).Select(NameOf),
            Is.EquivalentTo(Projects));

    [TestCaseSource(nameof(Projects))]
    public void TheProjectFileNamesExactlyTheAllowedProjects(string project) =>
        Assert.That(Named(FileOf(project)), Is.EquivalentTo(_allowed[project]));

    [TestCaseSource(nameof(BuiltProjects))]
    public void TheBuiltAssemblyUsesOnlyTheAllowedProjects(string project)
    {
        var used = Load(project).GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(n => n == "batch-etl" || n.StartsWith("BatchEtl.", StringComparison.Ordinal))
            .Select(n => n == "batch-etl" ? "Cli" : n["BatchEtl.".Length..]);
        Assert.That(used, Is.SubsetOf(_allowed[project]));
    }

    [Test]
    public void TheArrowsHaveNoCircle()
    {
        var left = _allowed.ToDictionary(p => p.Key, p => p.Value.ToHashSet());
        while (left.FirstOrDefault(p => p.Value.Count == 0).Key is { } free)
        {
            left.Remove(free);
            foreach (var others in left.Values)
            {
                others.Remove(free);
            }
        }

        Assert.That(left.Keys, Is.Empty);
    }

    [Test]
    public void OnlyTestsAndTheHeadReferToTheProgram() =>
        Assert.That(
            new[] { "shared", "jobs", "tests" }.SelectMany(f => Repository.Files(f, "*.csproj"))
                .Where(f => Named(f).Contains("Cli"))
                .Where(f => !f.StartsWith("tests/", StringComparison.Ordinal)),
            Is.EqualTo(new[] { FileOf(UnbuiltHead) }));

    /// <summary>The engine's and the formats' libraries stay behind their adapters.</summary>
    [TestCase("DuckDB.NET.Data", "DuckDb")]
    [TestCase("DuckDB.NET.Bindings", "DuckDb")]
    [TestCase("Parquet", "Parquet")]
    [TestCase("Avro", "Generator")]
    [TestCase("YamlDotNet", "Core")]
    [TestCase("NodaTime", "Core")]
    [TestCase("CommandLine", "Cli")]
    public void OneProjectUsesTheLibrary(string library, string owner) =>
        Assert.That(
            BuiltProjects.Where(p => Load(p).GetReferencedAssemblies().Any(a => a.Name == library)),
            Is.SubsetOf(new[] { owner }));

    private static string FileOf(string project) =>
        Repository.Files("shared", "*.csproj").Concat(Repository.Files("jobs", "*.csproj")).Single(f => NameOf(f) == project);

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file)["BatchEtl.".Length..];

    private static IEnumerable<string> Named(string file) =>
        XDocument.Parse(Repository.Text(file)).Descendants("ProjectReference").Select(r => NameOf(r.Attribute("Include")!.Value));

    private static Assembly Load(string project) => Assembly.Load(project == "Cli" ? "batch-etl" : "BatchEtl." + project);
}
