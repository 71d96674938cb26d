using System.Text;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Core.Tests.Publishing;

/// <summary>The process was killed: nothing of it runs on, so it is no error that anyone handles.</summary>
public sealed class KilledException : Exception;

/// <summary>
/// A store in memory that can be killed before any of its steps, a step being what a system call does: one file written
/// in part or whole, one rename, one removal. Its content outlives it.
/// </summary>
/// <param name="disk">Path → text; null for a folder.</param>
/// <param name="exchanges">Whether it has an exchange in one step (local files), or moves away and in (HDFS).</param>
public sealed class MemoryStore(SortedDictionary<string, string?> disk, bool exchanges = true) : IStore
{
    /// <summary>Steps left until the kill, or null: it lives on.</summary>
    public int? StepsLeft { get; set; }

    public int Steps { get; private set; }

    /// <summary>When set, the step after the last one fails as a full disk does, and all after it work again.</summary>
    public bool FillsUp { get; init; }

    /// <summary>Called after every step, as a reader that is always there.</summary>
    public Action? Watch { get; set; }

    public SortedDictionary<string, string?> Disk => disk;

    public IReadOnlyList<StoreEntry>? List(string folder)
    {
        if (!disk.TryGetValue(folder, out var content))
        {
            return null;
        }

        if (content is not null)
        {
            throw new BatchEtlException(ExitCode.Engine, $"{folder}: expected a folder, found a file");
        }

        var prefix = folder + "/";
        return [.. disk.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal) && k.IndexOf('/', prefix.Length) < 0)
            .Select(k => new StoreEntry(k[prefix.Length..], disk[k] is null, Encoding.UTF8.GetByteCount(disk[k] ?? "")))];
    }

    public bool Exists(string path) => disk.ContainsKey(path);

    public string? ReadText(string path) => disk.GetValueOrDefault(path);

    public void WriteText(string path, string text)
    {
        var folder = Parent(path);
        CreateFolder(folder);
        var beside = $"{folder}/.{path[(folder.Length + 1)..]}.new";
        Step(() => disk[beside] = text[..(text.Length / 2)]);
        Step(() => disk[beside] = text);
        Step(() =>
        {
            disk.Remove(beside);
            disk[path] = text;
        });
    }

    public void CreateFolder(string path)
    {
        if (path.Length > 0 && !disk.ContainsKey(path))
        {
            CreateFolder(Parent(path));
            Step(() => disk[path] = null);
        }
    }

    public void Move(string from, string to) => Step(() => Rename(from, to));

    public void Exchange(string staged, string target)
    {
        if (exchanges)
        {
            Step(() =>
            {
                Rename(target, staged + ".swap");
                Rename(staged, target);
                Rename(staged + ".swap", staged);
            });
            return;
        }

        Step(() => Rename(target, staged + IStore.ReplacedSuffix));
        Step(() => Rename(staged, target));
        Step(() => Rename(staged + IStore.ReplacedSuffix, staged));
    }

    public void Delete(string path)
    {
        foreach (var each in Enumerable.Reverse(Under(path)))
        {
            Step(() => disk.Remove(each));
        }
    }

    public IStoreLock? TryLock(string path, string holder, out string other)
    {
        other = "";
        return new Held();
    }

    public void Flush(string folder) => Step(() => { });

    private void Rename(string from, string to)
    {
        if (disk.ContainsKey(to) || !disk.ContainsKey(from) || !disk.ContainsKey(Parent(to)))
        {
            throw new InvalidOperationException($"cannot rename {from} to {to}");
        }

        foreach (var each in Under(from).ToList())
        {
            disk[to + each[from.Length..]] = disk[each];
            disk.Remove(each);
        }
    }

    private List<string> Under(string path) =>
        [.. disk.Keys.Where(k => k == path || k.StartsWith(path + "/", StringComparison.Ordinal))];

    private void Step(Action action)
    {
        if (Steps == StepsLeft && FillsUp)
        {
            Steps++;
            throw new BatchEtlException(ExitCode.Engine, "the disk is full");
        }

        if (Steps >= StepsLeft && !FillsUp)
        {
            throw new KilledException();
        }

        Steps++;
        action();
        Watch?.Invoke();
    }

    private static string Parent(string path) => path[..path.LastIndexOf('/')];

    private sealed class Held : IStoreLock
    {
        public void Verify()
        {
        }

        public void Dispose()
        {
        }
    }
}
