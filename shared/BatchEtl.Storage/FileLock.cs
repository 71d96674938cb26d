namespace BatchEtl.Storage;

/// <summary>
/// A lock file held with the operating system's lock (flock on Unix), which ends with its process however that ends. The
/// file stays when it is given back: removing it could take a new holder's file away.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock and writes the holder into it, or returns null when another has it.</summary>
    /// <exception cref="IOException">The file can't be opened or written.</exception>
    public static FileLock? TryTake(string path, string holder)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }

        try
        {
            File.WriteAllText(HolderFile(path), holder);
            return new FileLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What the present holder wrote; empty when it has not yet. It stands beside the lock file, which nobody else can open.</summary>
    public static string Holder(string path) => File.Exists(HolderFile(path)) ? File.ReadAllText(HolderFile(path)) : string.Empty;

    public void Dispose() => _file.Dispose();

    private static string HolderFile(string path) => path + ".holder";

    // EWOULDBLOCK of flock on Linux and macOS; sharing violation on Windows.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
