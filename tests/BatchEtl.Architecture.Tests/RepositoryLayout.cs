namespace BatchEtl.Architecture.Tests;

/// <summary>What stands at the repository's top, and the rules that hold for all of it.</summary>
public sealed class RepositoryLayout
{
    private static readonly string[] _folders = ["jobs", "oozie", "scripts", "shared", "tests"];

    /// <summary>Files and hidden folders that tools look for at the top.</summary>
    private static readonly string[] _files =
    [
        "BannedSymbols.txt", "BatchEtl.sln", "Directory.Build.props", "Directory.Packages.props", "LICENSE", "README.md", "global.json",
    ];

    private static readonly string[] _hidden = [".ci", ".editorconfig", ".git", ".gitattributes", ".github", ".gitignore"];

    /// <summary>What building, testing and the demo leave there; git ignores it.</summary>
    private static readonly string[] _ignored = [".idea", ".vs", ".vscode", "BenchmarkDotNet.Artifacts", "TestResults", "demo"];

    [Test]
    public void TheTopHoldsOnlyWhatBelongsThere() =>
        Assert.That(
            Directory.EnumerateFileSystemEntries(Repository.Root).Select(Path.GetFileName)
                .Where(n => !n!.EndsWith(".user", StringComparison.Ordinal)),
            Is.SubsetOf(_folders.Concat(_files).Concat(_hidden).Concat(_ignored)));

    [TestCaseSource(nameof(_folders))]
    public void TheFolderIsThere(string folder) => Assert.That(Path.Combine(Repository.Root, folder), Does.Exist);

    [TestCaseSource(nameof(_files))]
    public void TheFileIsThere(string file) => Assert.That(Path.Combine(Repository.Root, file), Does.Exist);

    /// <summary>But the one whose package can't be had everywhere.</summary>
    [Test]
    public void EveryProjectIsInTheSolution()
    {
        var solution = Repository.Text("BatchEtl.sln").Replace('\\', '/');
        Assert.That(
            new[] { "shared", "jobs", "tests" }.SelectMany(f => Repository.Files(f, "*.csproj")).Where(f => !solution.Contains($"\"{f}\"", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "jobs/BatchEtl.MicrosoftSpark/BatchEtl.MicrosoftSpark.csproj" }));
    }

    [TestCase("P:System.DateTime.Now")]
    [TestCase("P:System.DateTime.UtcNow")]
    [TestCase("P:System.DateTime.Today")]
    [TestCase("P:System.DateTimeOffset.Now")]
    [TestCase("P:System.DateTimeOffset.UtcNow")]
    [TestCase("P:System.TimeProvider.System")]
    [TestCase("M:System.TimeProvider.GetUtcNow")]
    [TestCase("M:System.TimeProvider.GetLocalNow")]
    public void TheWallClockIsBanned(string symbol) =>
        Assert.That(Repository.Text("BannedSymbols.txt").Split('\n').Select(l => l.Split(';')[0].Trim()), Does.Contain(symbol));

    [Test]
    public void EveryProjectIsHeldToTheBan() =>
        Assert.That(
            Repository.Text("Directory.Build.props"),
            Does.Contain("Microsoft.CodeAnalysis.BannedApiAnalyzers").And.Contain("BannedSymbols.txt").And.Contain("<TreatWarningsAsErrors>true"));

    [Test]
    public void OnlyTheEntryPointMayReadTheClock() =>
        Assert.That(
            Repository.Files("shared", "*.cs").Concat(Repository.Files("jobs", "*.cs"))
                .Where(f => Repository.Text(f).Contains("disable RS0030", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "jobs/BatchEtl.Cli/Program.cs" }));

    [Test]
    public void EveryJobFolderHasAReadme() =>
        Assert.That(
            Directory.EnumerateDirectories(Path.Combine(Repository.Root, "jobs", "BatchEtl.Jobs"))
                .Where(d => Path.GetFileName(d) is not ("bin" or "obj") && !File.Exists(Path.Combine(d, "README.md"))),
            Is.Empty);

    [Test]
    public void SchedulesHoldNoSql() => Assert.That(Repository.Files("oozie", "*.sql"), Is.Empty);
}
