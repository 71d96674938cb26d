using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Storage.Tests;

/// <summary>The contract of <see cref="IStore"/>, which every store keeps.</summary>
public abstract class StoreContract
{
    private IStore _store = null!;

    /// <summary>An empty folder of the running test's own.</summary>
    private protected string Root { get; private set; } = null!;

    [SetUp]
    public void Make()
    {
        Root = NewRoot();
        _store = NewStore();
    }

    private protected abstract string NewRoot();

    private protected abstract IStore NewStore(ExitCode failure = ExitCode.Engine);

    [Test]
    public void A_folder_lists_files_and_folders_by_the_bytes_of_their_names()
    {
        _store.CreateFolder($"{Root}/a/b");
        string[] names = ["z", "B", ".hidden", "ą", "\uffee", "😀", "_x", "s p%20+&a=b;c", "=", "@~'()!*$,"];
        foreach (var name in names)
        {
            _store.WriteText($"{Root}/a/{name}", "12345");
            Assert.That(_store.ReadText($"{Root}/a/{name}"), Is.EqualTo("12345"), name);
        }

        Assert.That(Listed($"{Root}/a"), Is.EqualTo(new[]
        {
            new StoreEntry(".hidden", false, 5), new StoreEntry("=", false, 5), new StoreEntry("@~'()!*$,", false, 5), new StoreEntry("B", false, 5),
            new StoreEntry("_x", false, 5), new StoreEntry("b", true, 0), new StoreEntry("s p%20+&a=b;c", false, 5),
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
        var error = Assert.Throws<BatchEtlException>(() => NewStore(code).List($"{Root}/file"));
        Assert.That((error.ExitCode, error.Message), Is.EqualTo((code, $"{Root}/file: cannot list the folder: expected a folder, found a file")));
        Assert.That(() => _store.CreateFolder($"{Root}/file/below"), Throws.TypeOf<BatchEtlException>().With.Message.StartsWith($"{Root}/file/below: cannot make the folder: "));
    }

    [Test]
    public void Text_is_replaced_whole_and_leaves_nothing_beside_it()
    {
        _store.WriteText($"{Root}/deep/er/t", "ą");
        _store.WriteText($"{Root}/deep/er/t", "b");
        _store.WriteText($"{Root}/deep/er/empty", "");
        Assert.That((_store.ReadText($"{Root}/deep/er/t"), _store.ReadText($"{Root}/deep/er/empty")), Is.EqualTo(("b", "")));
        Assert.That(Listed($"{Root}/deep/er"), Is.EqualTo(new[] { new StoreEntry("empty", false, 0), new StoreEntry("t", false, 1) }));
    }

    [Test]
    public void A_folder_that_is_there_is_made_again_without_harm()
    {
        _store.WriteText($"{Root}/a/f", "a");
        _store.CreateFolder($"{Root}/a");
        Assert.That((_store.Exists($"{Root}/a"), _store.Exists($"{Root}/a/f"), _store.ReadText($"{Root}/a/f")), Is.EqualTo((true, true, "a")));
    }

    [Test]
    public void A_move_never_replaces()
    {
        _store.WriteText($"{Root}/a/f", "a");
        _store.WriteText($"{Root}/b/f", "b");
        foreach (var (from, to) in new[] { ("a", "b"), ("a/f", "b/f"), ("a", "b/f"), ("a/f", "b") })
        {
            Assert.That(() => _store.Move($"{Root}/{from}", $"{Root}/{to}"), Throws.TypeOf<BatchEtlException>().With.Message.StartsWith($"{Root}/{to}: cannot move {Root}/{from} here: "));
        }

        Assert.That((_store.ReadText($"{Root}/a/f"), Listed($"{Root}/b")), Is.EqualTo(("a", new[] { new StoreEntry("f", false, 1) })));
        _store.Move($"{Root}/a", $"{Root}/c");
        _store.Move($"{Root}/b/f", $"{Root}/c/g");
        Assert.That((_store.ReadText($"{Root}/c/f"), _store.ReadText($"{Root}/c/g"), _store.Exists($"{Root}/a")), Is.EqualTo(("a", "b", false)));
        Assert.That(() => _store.Move($"{Root}/none", $"{Root}/d"), Throws.TypeOf<BatchEtlException>());
        Assert.That(() => _store.Move($"{Root}/c", $"{Root}/none/d"), Throws.TypeOf<BatchEtlException>());
    }

    [Test]
    public void An_exchange_swaps_folders()
    {
        _store.WriteText($"{Root}/staged/new", "n");
        _store.WriteText($"{Root}/table/old", "o");
        _store.Flush($"{Root}");
        _store.Exchange($"{Root}/staged", $"{Root}/table");
        Assert.That((_store.ReadText($"{Root}/table/new"), _store.ReadText($"{Root}/staged/old"), _store.List(Root)!.Count), Is.EqualTo(("n", "o", 2)));
        Assert.That(() => _store.Exchange($"{Root}/staged", $"{Root}/none"), Throws.TypeOf<BatchEtlException>().With.Message.StartsWith($"{Root}/none: cannot exchange {Root}/staged with what is here: "));
        Assert.That(_store.ReadText($"{Root}/staged/old"), Is.EqualTo("o"));
    }

    [Test]
    public void Deleting_takes_a_file_or_all_of_a_folder()
    {
        _store.WriteText($"{Root}/a/b/c", "x");
        _store.WriteText($"{Root}/a/f", "x");
        _store.Delete($"{Root}/a/f");
        Assert.That(Listed($"{Root}/a"), Is.EqualTo(new[] { new StoreEntry("b", true, 0) }));
        _store.Delete($"{Root}/a");
        Assert.That(_store.List(Root), Is.Empty);
    }

    [Test]
    public void A_lock_is_held_by_one_and_names_its_holder()
    {
        var path = $"{Root}/w/_lock";
        using (var first = _store.TryLock(path, "first", out _))
        {
            Assert.That(NewStore().TryLock(path, "second", out var other), Is.Null);
            Assert.That(other, Is.EqualTo("first"));
            Assert.DoesNotThrow(first!.Verify);
        }

        using var held = _store.TryLock(path, "third", out _);
        Assert.That(_store.TryLock(path, "fourth", out var holder), Is.Null);
        Assert.That(holder, Is.EqualTo("third"));
    }

    [Test]
    public void One_of_many_gets_a_free_lock()
    {
        var path = $"{Root}/w/_lock";
        var taken = new IStoreLock?[8];
        Parallel.For(0, taken.Length, i => taken[i] = _store.TryLock(path, $"holder {i}", out _));
        Assert.That(taken.Count(t => t is not null), Is.EqualTo(1));
        taken.First(t => t is not null)!.Dispose();
        using var next = _store.TryLock(path, "next", out _);
        Assert.That(next, Is.Not.Null);
    }

    /// <summary>A folder's entries without the files' times, which must be those of today's files.</summary>
    private StoreEntry[] Listed(string folder)
    {
        var entries = _store.List(folder)!;
        Assert.That(entries.Where(e => !e.IsFolder).Select(e => e.Modified), Is.All.GreaterThan(DateTimeOffset.UnixEpoch.AddYears(50)));
        Assert.That(entries.Where(e => e.IsFolder).Select(e => e.Modified), Is.All.EqualTo(default(DateTimeOffset)));
        return [.. entries.Select(e => e with { Modified = default })];
    }
}
