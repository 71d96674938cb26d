using System.Runtime.Versioning;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Storage.Tests;

/// <summary>The contract on the local file system.</summary>
public sealed class LocalStoreContract : StoreContract
{
    private readonly List<TemporaryFolder> _folders = [];

    [TearDown]
    public void Remove()
    {
        _folders.ForEach(f => f.Dispose());
        _folders.Clear();
    }

    private protected override string NewRoot()
    {
        _folders.Add(new TemporaryFolder());
        return _folders[^1].Path;
    }

    private protected override IStore NewStore(ExitCode failure = ExitCode.Engine) => new LocalStore(failure);
}

/// <summary>What is the local file system's own; the rest is in <see cref="StoreContract"/>.</summary>
public class LocalStoreTests
{
    private readonly LocalStore _store = new();
    private TemporaryFolder _folder = null!;

    private string Root => _folder.Path;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_read_is_an_error_with_its_path()
    {
        Assume.That(Environment.UserName != "root", "needs a user who is refused something");
        _store.CreateFolder($"{Root}/closed");
        new DirectoryInfo($"{Root}/closed").UnixFileMode = UnixFileMode.None;
        Assert.That(() => _store.List($"{Root}/closed"), Throws.TypeOf<BatchEtlException>().With.Message.StartsWith($"{Root}/closed: cannot list the folder: "));
        new DirectoryInfo($"{Root}/closed").UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    }

    [Test]
    public void Links_are_what_they_lead_to()
    {
        _store.WriteText($"{Root}/real/file", "123");
        _store.CreateFolder($"{Root}/links");
        File.CreateSymbolicLink($"{Root}/links/file", $"{Root}/real/file");
        Directory.CreateSymbolicLink($"{Root}/links/folder", $"{Root}/real");
        Assert.That(_store.List($"{Root}/links")!.Select(e => e with { Modified = default }), Is.EqualTo(new[] { new StoreEntry("file", false, 3), new StoreEntry("folder", true, 0) }));
        _store.Delete($"{Root}/links/folder");
        _store.Delete($"{Root}/links");
        Assert.That(_store.ReadText($"{Root}/real/file"), Is.EqualTo("123"));
        File.CreateSymbolicLink($"{Root}/real/broken", $"{Root}/nowhere");
        Assert.That(() => _store.List($"{Root}/real"), Throws.TypeOf<BatchEtlException>().With.Message.EqualTo(
            $"{Root}/real: cannot list the folder: broken is a link to {Root}/nowhere, where nothing is"));
    }

    [Test]
    public void An_exchange_swaps_folders([Values] bool withoutExchange)
    {
        var store = new LocalStore { WithoutExchange = withoutExchange };
        store.WriteText($"{Root}/staged/new", "n");
        store.WriteText($"{Root}/table/old", "o");
        store.Flush($"{Root}");
        store.Exchange($"{Root}/staged", $"{Root}/table");
        Assert.That((store.ReadText($"{Root}/table/new"), store.ReadText($"{Root}/staged/old"), store.List(Root)!.Count), Is.EqualTo(("n", "o", 2)));
        Assert.That(() => store.Exchange($"{Root}/staged", $"{Root}/none"), Throws.TypeOf<BatchEtlException>().With.Message.StartsWith($"{Root}/none: cannot exchange {Root}/staged with what is here: "));
        Assert.That(store.ReadText($"{Root}/staged/old"), Is.EqualTo("o"));
    }

    [Test]
    public void An_exchange_is_one_step_where_the_platform_has_it()
    {
        Assume.That(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS());
        _store.CreateFolder($"{Root}/a");
        _store.CreateFolder($"{Root}/b");
        Assert.That(NativeFiles.TryExchange($"{Root}/a", $"{Root}/b"));
    }
}
