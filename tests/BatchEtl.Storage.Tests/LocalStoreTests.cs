using System.Runtime.Versioning;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Storage.Tests;

/// <summary>The contract of <see cref="IStore"/> on the local file system.</summary>
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
    public void A_folder_lists_files_and_folders_by_the_bytes_of_their_names()
    {
        _store.CreateFolder($"{Root}/a/b");
        string[] names = ["z", "B", ".hidden", "ą", "\uffee", "😀", "_x"];
        foreach (var name in names)
        {
            _store.WriteText($"{Root}/a/{name}", "12345");
        }

        Assert.That(_store.List($"{Root}/a"), Is.EqualTo(new[]
        {
            new StoreEntry(".hidden", false, 5), new StoreEntry("B", false, 5), new StoreEntry("_x", false, 5), new StoreEntry("b", true, 0),
            new StoreEntry("z", false, 5), new StoreEntry("ą", false, 5), new StoreEntry("\uffee", false, 5), new StoreEntry("😀", false, 5),
        }));
    }

    [Test]
    public void Missing_is_null_and_no_error()
    {
        Assert.That((_store.List($"{Root}/x"), _store.ReadText($"{Root}/x"), _store.ReadText($"{Root}/x/y"), _store.Exists($"{Root}/x")), Is.EqualTo(
            ((IReadOnlyList<StoreEntry>?)null, (string?)null, (string?)null, false)));
        Assert.DoesNotThrow(() => _store.Delete($"{Root}/x"));
        Assert.DoesNotThrow(() => _store.Delete($"{Root}/x/y"));
    }

    [TestCase(ExitCode.Engine)]
    [TestCase(ExitCode.Input)]
    public void A_file_where_a_folder_should_be_is_what_the_store_was_made_for(ExitCode code)
    {
        _store.WriteText($"{Root}/file", "");
        var error = Assert.Throws<BatchEtlException>(() => new LocalStore(code).List($"{Root}/file"));
        Assert.That((error.ExitCode, error.Message), Is.EqualTo((code, $"{Root}/file: cannot list the folder: expected a folder, found a file")));
    }

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
        Assert.That(_store.List($"{Root}/links"), Is.EqualTo(new[] { new StoreEntry("file", false, 3), new StoreEntry("folder", true, 0) }));
        _store.Delete($"{Root}/links/folder");
        _store.Delete($"{Root}/links");
        Assert.That(_store.ReadText($"{Root}/real/file"), Is.EqualTo("123"));
        File.CreateSymbolicLink($"{Root}/real/broken", $"{Root}/nowhere");
        Assert.That(() => _store.List($"{Root}/real"), Throws.TypeOf<BatchEtlException>().With.Message.EqualTo(
            $"{Root}/real: cannot list the folder: broken is a link to {Root}/nowhere, where nothing is"));
    }

    [Test]
    public void Text_is_replaced_whole_and_leaves_nothing_beside_it()
    {
        _store.WriteText($"{Root}/deep/er/t", "ą");
        _store.WriteText($"{Root}/deep/er/t", "b");
        Assert.That((_store.ReadText($"{Root}/deep/er/t"), _store.List($"{Root}/deep/er")!.Count), Is.EqualTo(("b", 1)));
        Assert.That(File.ReadAllBytes($"{Root}/deep/er/t"), Is.EqualTo("b"u8.ToArray()));
    }

    [Test]
    public void A_move_never_replaces()
    {
        _store.WriteText($"{Root}/a/f", "a");
        _store.WriteText($"{Root}/b/f", "b");
        Assert.That(() => _store.Move($"{Root}/a", $"{Root}/b"), Throws.TypeOf<BatchEtlException>().With.Message.EqualTo($"{Root}/b: cannot move {Root}/a here: expected nothing, found something"));
        _store.Move($"{Root}/a", $"{Root}/c");
        _store.Move($"{Root}/b/f", $"{Root}/c/g");
        Assert.That((_store.ReadText($"{Root}/c/f"), _store.ReadText($"{Root}/c/g"), _store.Exists($"{Root}/a")), Is.EqualTo(("a", "b", false)));
        Assert.That(() => _store.Move($"{Root}/none", $"{Root}/d"), Throws.TypeOf<BatchEtlException>());
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

    [Test]
    public void A_lock_is_held_by_one_and_names_its_holder()
    {
        var path = $"{Root}/w/_lock";
        using (_store.TryLock(path, "first", out _))
        {
            Assert.That(_store.TryLock(path, "second", out var other), Is.Null);
            Assert.That(other, Is.EqualTo("first"));
        }

        using var held = _store.TryLock(path, "third", out _);
        Assert.That(_store.TryLock(path, "fourth", out var holder), Is.Null);
        Assert.That(holder, Is.EqualTo("third"));
    }
}
