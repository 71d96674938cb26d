using BatchEtl.Core.Errors;

namespace BatchEtl.Storage;

/// <summary>
/// A local folder for a process's own files, removed when disposed. Those of killed processes are removed by the next one:
/// a lock file beside each says whether its process lives.
/// </summary>
public sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "batch-etl-copies-", LockSuffix = ".lock";
    private readonly FileLock _lock;

    /// <param name="parent">Where to make it, e.g. the system's temporary folder.</param>
    /// <exception cref="BatchEtlException">It can't be made (Engine).</exception>
    public ScratchFolder(string parent)
    {
        try
        {
            Directory.CreateDirectory(parent);
            RemoveDead(parent);
            FileLock? taken = null;
            while (taken is null)
            {
                // Another that removes dead ones may have got hold of it first.
                Path = System.IO.Path.Combine(parent, $"{Prefix}{Guid.NewGuid():N}");
                taken = FileLock.TryTake(Path + LockSuffix, "");
            }

            _lock = taken;
            Directory.CreateDirectory(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BatchEtlException(ExitCode.Engine, $"{parent}: cannot make a folder for copies of remote files: {e.Message}; set engine.temp to a folder that can be written", e);
        }
    }

    public string Path { get; } = "";

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        File.Delete(Path + LockSuffix);
        _lock.Dispose();
    }

    private static void RemoveDead(string parent)
    {
        foreach (var file in Directory.GetFiles(parent, $"{Prefix}*{LockSuffix}"))
        {
            try
            {
                using var dead = FileLock.TryTake(file, "");
                if (dead is not null)
                {
                    var folder = file[..^LockSuffix.Length];
                    if (Directory.Exists(folder))
                    {
                        Directory.Delete(folder, recursive: true);
                    }

                    File.Delete(file);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's, or removed meanwhile.
            }
        }
    }
}
