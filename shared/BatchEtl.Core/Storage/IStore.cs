namespace BatchEtl.Core.Storage;

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Name without its folder.</param>
/// <param name="Bytes">Size of a file, 0 for a folder.</param>
/// <param name="Modified">When a file was last written, to the microsecond; not given for a folder.</param>
public readonly record struct StoreEntry(string Name, bool IsFolder, long Bytes, DateTimeOffset Modified = default);

/// <summary>
/// The port to where landed files and the warehouse lie. Paths are absolute, with forward slashes.
/// Failures are <see cref="Errors.BatchEtlException"/> (Engine; Input where landed data is read), naming the path and the cause.
/// </summary>
public interface IStore
{
    /// <summary>Where a store without an exchange puts the old folder: <c>staged + ReplacedSuffix</c>.</summary>
    const string ReplacedSuffix = ".replaced";

    /// <summary>The entries of a folder, by name in UTF-8 order; null where there is no such folder.</summary>
    IReadOnlyList<StoreEntry>? List(string folder);

    bool Exists(string path);

    /// <summary>The whole text of a small file, null where there is none.</summary>
    string? ReadText(string path);

    /// <summary>Writes a small file so that readers see the old text or the new, never a part; durable on return.</summary>
    void WriteText(string path, string text);

    /// <summary>Makes a folder and those above it.</summary>
    void CreateFolder(string path);

    /// <summary>Moves a file or folder to a path that does not exist, in one step; durable on return.</summary>
    void Move(string from, string to);

    /// <summary>
    /// Makes the folder <paramref name="staged"/> visible at <paramref name="target"/>, in one step where the platform can;
    /// what lay there goes to <paramref name="staged"/>; durable on return. A store without such a step moves the old folder
    /// to <see cref="ReplacedSuffix"/> beside <paramref name="staged"/> first: killed between its two moves it leaves the
    /// target missing and the new folder still at <paramref name="staged"/>.
    /// </summary>
    void Exchange(string staged, string target);

    /// <summary>Removes a file or a folder with all in it; missing is no error.</summary>
    void Delete(string path);

    /// <summary>Takes the lock file, or returns null with what its holder wrote into it. A dead holder's lock is taken over.</summary>
    /// <param name="path">The lock file's path.</param>
    /// <param name="holder">What to write into it: who holds it.</param>
    /// <param name="other">What the present holder wrote, when null is returned.</param>
    IStoreLock? TryLock(string path, string holder, out string other);

    /// <summary>Makes the contents of a folder's files durable, so that a later rename never shows empty files after a power cut.</summary>
    void Flush(string folder);
}
