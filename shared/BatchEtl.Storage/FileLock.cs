using System.Text;
using BatchEtl.Core.Storage;

namespace BatchEtl.Storage;

/// <summary>
/// A lock file held with the operating system's lock (flock on Unix), which ends with its process however that ends. The
/// file stays when it is given back: removing it could take a new holder's file away.
/// </summary>
internal sealed class FileLock : IStoreLock
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
            // Windows would keep others from reading the holder; its write lock is enough there.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }

        try
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(holder));
            file.Flush(flushToDisk: true);
            return new FileLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What the present holder wrote; empty when it has not yet.</summary>
    public static string Holder(string path)
    {
        using var file = NativeFiles.OpenLocked(path);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    public void Verify()
    {
        // The operating system gives it to nobody else while its handle is open.
    }

    public void Dispose()
    {
        try
        {
            _file.SetLength(0);
        }
        catch (IOException)
        {
            // The text is for messages only; the lock goes with the handle.
        }
        finally
        {
            _file.Dispose();
        }
    }

    // EWOULDBLOCK of flock on Linux and macOS; sharing violation on Windows.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
