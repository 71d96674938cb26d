namespace BatchEtl.Storage.Tests;

/// <summary>A folder of a test's own, removed after it.</summary>
/// <param name="inMemory">On a file system in memory where there is one: what many publications are killed on need not survive a power cut.</param>
internal sealed class TemporaryFolder(bool inMemory = false) : IDisposable
{
    private const string Memory = "/dev/shm";

    public string Path { get; } = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory($"{Memory}/batch-etl-{Guid.NewGuid():N}").FullName
        : Directory.CreateTempSubdirectory("batch-etl-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
