using System.Text;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Storage;

/// <summary>
/// The local file system (and what is mounted as one). Exchanges folders in one step on Linux and macOS; where the file
/// system cannot, readers may find a partition missing between two renames (<see cref="IStore.Exchange"/>).
/// </summary>
/// <param name="failure">What failures are: Engine for a warehouse, Input for a landing area. A full disk is always Engine.</param>
public sealed class LocalStore(ExitCode failure = ExitCode.Engine) : IStore
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Set to keep the platform's exchange from being used; for tests of the way without it.</summary>
    internal bool WithoutExchange { get; init; }

    public IReadOnlyList<StoreEntry>? List(string folder) => Do(folder, "list the folder", () =>
    {
        if (File.Exists(folder))
        {
            throw new IOException("expected a folder, found a file");
        }

        try
        {
            var entries = new List<StoreEntry>();
            foreach (var found in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }))
            {
                if (Entry(found) is { } entry)
                {
                    entries.Add(entry);
                }
            }

            entries.Sort((a, b) => Utf8Order.Instance.Compare(a.Name, b.Name));
            return entries;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    });

    public bool Exists(string path) => Path.Exists(path);

    public string? ReadText(string path) => Do(path, "read the file", () =>
    {
        try
        {
            return File.ReadAllText(path, _utf8);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    });

    public void WriteText(string path, string text) => Do(path, "write the file", () =>
    {
        var folder = Parent(path);
        MakeFolder(folder);
        var beside = $"{folder}/.{Path.GetFileName(path)}.new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(_utf8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        NativeFiles.Flush(folder);
        return true;
    });

    public void CreateFolder(string path) => Do(path, "make the folder", () =>
    {
        MakeFolder(path);
        return true;
    });

    public void Move(string from, string to) => Do(to, $"move {from} here", () =>
    {
        if (Path.Exists(to))
        {
            throw new IOException("expected nothing, found something");
        }

        Rename(from, to);
        FlushParents(from, to);
        return true;
    });

    public void Exchange(string staged, string target) => Do(target, $"exchange {staged} with what is here", () =>
    {
        if (WithoutExchange || !NativeFiles.TryExchange(staged, target))
        {
            var replaced = staged + IStore.ReplacedSuffix;
            Rename(target, replaced);
            Rename(staged, target);
            Rename(replaced, staged);
        }

        FlushParents(staged, target);
        return true;
    });

    public void Delete(string path) => Do(path, "delete", () =>
    {
        try
        {
            if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Missing is no error.
        }

        return true;
    });

    public IStoreLock? TryLock(string path, string holder, out string other)
    {
        var (taken, present) = Do(path, "lock the file", () =>
        {
            MakeFolder(Parent(path));
            var taken = FileLock.TryTake(path, holder);
            return (taken, taken is null ? FileLock.Holder(path) : "");
        });
        other = present;
        return taken;
    }

    public void Flush(string folder) => Do(folder, "make the folder durable", () =>
    {
        foreach (var found in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (found is DirectoryInfo)
            {
                Flush(found.FullName);
            }
            else
            {
                using var file = File.OpenHandle(found.FullName, FileMode.Open, FileAccess.ReadWrite);
                RandomAccess.FlushToDisk(file);
            }
        }

        NativeFiles.Flush(folder);
        return true;
    });

    private static StoreEntry? Entry(FileSystemInfo found)
    {
        var real = found.LinkTarget is null ? found : found.ResolveLinkTarget(returnFinalTarget: true)!;
        if (Directory.Exists(real.FullName))
        {
            return new StoreEntry(found.Name, true, 0);
        }

        try
        {
            var file = new FileInfo(real.FullName);
            var written = file.LastWriteTimeUtc.Ticks;
            return new StoreEntry(found.Name, false, file.Length, new DateTimeOffset(written - (written % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero));
        }
        catch (FileNotFoundException)
        {
            // Removed since the listing began, unless it is a link that never led anywhere.
            return found.LinkTarget is { } target ? throw new IOException($"{found.Name} is a link to {target}, where nothing is") : null;
        }
    }

    /// <summary>Makes a folder and those above it, each durable before something is put into it.</summary>
    private static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        MakeFolder(Parent(path));
        Directory.CreateDirectory(path);
        NativeFiles.Flush(Parent(path));
    }

    private static void Rename(string from, string to)
    {
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to);
        }
    }

    private static void FlushParents(string from, string to)
    {
        NativeFiles.Flush(Parent(to));
        if (Parent(from) != Parent(to))
        {
            NativeFiles.Flush(Parent(from));
        }
    }

    private static string Parent(string path) => Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : Path.GetPathRoot(path)!;

    private T Do<T>(string path, string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw IsFull(e)
                ? new BatchEtlException(ExitCode.Engine, $"{path}: cannot {what}: the disk is full ({e.Message}); free space or move the folder to a larger disk, then run again", e)
                : new BatchEtlException(failure, $"{path}: cannot {what}: {e.Message}", e);
        }
    }

    // ENOSPC; EDQUOT on Linux and macOS; ERROR_DISK_FULL.
    private static bool IsFull(Exception e) => e is IOException && e.HResult is 28 or 122 or 69 or unchecked((int)0x80070070);
}
