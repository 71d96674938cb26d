using System.Reflection;
using System.Reflection.Emit;

namespace BatchEtl.Architecture.Tests;

/// <summary>
/// Job folders know each other through published tables. The one exception: events carry a session_id (S5), so a night
/// decides sessions between reading what landed and writing events; the folders Events and Sessions hand each other the
/// names and relations of those steps, and nothing else.
/// </summary>
public sealed class JobFolders
{
    private const string Root = "BatchEtl.Jobs";

    /// <summary>User → used.</summary>
    private static readonly string[] _allowed =
    [
        "Sessions.SessionMapJob → Events.KeptEvents", "Sessions.SessionedStep → Events.KeptEvents",
    ];

    private static readonly Assembly _jobs = Assembly.Load(Root);

    [Test]
    public void EveryFolderIsANamespace() =>
        Assert.That(
            Repository.Files("jobs/BatchEtl.Jobs", "*.cs").Select(f => f.Split('/')).Where(p => p.Length > 3).Select(p => p[2]).Distinct(),
            Is.EquivalentTo(_jobs.GetTypes().Select(FolderOf).OfType<string>().Distinct()));

    [Test]
    public void NoJobUsesAnotherJobsTypes()
    {
        var found = _jobs.GetTypes().Where(t => FolderOf(t) is not null)
            .SelectMany(user => UsedTypes.Of(user)
                .Where(used => used.Assembly == _jobs && FolderOf(used) is { } folder && folder != FolderOf(user))
                .Select(used => $"{Outer(user)} → {Outer(used)}"))
            .Distinct();
        Assert.That(found, Is.EquivalentTo(_allowed));
    }

    /// <summary>Constants leave no trace in an assembly, so the sources' usings are looked at too.</summary>
    [Test]
    public void OnlyEventsAndSessionsNameEachOther()
    {
        var found = Repository.Files("jobs/BatchEtl.Jobs", "*.cs")
            .Where(f => f.Split('/').Length > 3)
            .SelectMany(f => Folders().Where(o => o != f.Split('/')[2] && Repository.Text(f).Contains($"{Root}.{o}", StringComparison.Ordinal))
                .Select(o => $"{f.Split('/')[2]} → {o}"))
            .Distinct();
        Assert.That(found, Is.EquivalentTo(new[] { "Events → Sessions", "Sessions → Events" }));
    }

    /// <summary>Jobs neither read nor write files and never ask the machine or the network.</summary>
    [TestCase("System.IO.File")]
    [TestCase("System.IO.Directory")]
    [TestCase("System.IO.FileStream")]
    [TestCase("System.Console")]
    [TestCase("System.Random")]
    [TestCase("System.Diagnostics.Process")]
    [TestCase("System.Net.Http.HttpClient")]
    public void NoJobTouches(string type) =>
        Assert.That(_jobs.GetTypes().Where(t => UsedTypes.Of(t).Any(u => u.FullName == type)), Is.Empty);

    /// <summary>The finding itself: a type known to use another is seen to.</summary>
    [Test]
    public void UsesAreFound() =>
        Assert.That(UsedTypes.Of(typeof(JobFolders)), Does.Contain(typeof(Repository)).And.Contain(typeof(OpCodes)));

    private static readonly short _seenByUsesAreFound = OpCodes.Nop.Value;

    private static IEnumerable<string> Folders() => _jobs.GetTypes().Select(FolderOf).OfType<string>().Distinct();

    private static string? FolderOf(Type type) =>
        type.Namespace is { } name && name.StartsWith(Root + ".", StringComparison.Ordinal) ? name[(Root.Length + 1)..].Split('.')[0] : null;

    private static string Outer(Type type)
    {
        for (; type.DeclaringType is { } outer; type = outer)
        {
        }

        return type.FullName![(Root.Length + 1)..];
    }
}
