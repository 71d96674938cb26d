using System.Text.Json;

namespace BatchEtl.Avro.Tests;

/// <summary>The Avro files of other implementations, which lie beside the repository.</summary>
internal static class SharedFiles
{
    /// <summary>Files of other writers: each with its truth, or nothing where the folder is missing.</summary>
    public static IEnumerable<MatrixFile> Matrix()
    {
        if (Folder("matrix") is not { } folder)
        {
            yield break;
        }

        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        foreach (var entry in index.RootElement.GetProperty("files").EnumerateArray())
        {
            yield return new MatrixFile(
                Path.Combine(folder, entry.GetProperty("file").GetString()!),
                Path.Combine(folder, entry.GetProperty("truth").GetString()!),
                entry.GetProperty("records").GetInt32());
        }
    }

    /// <summary>Damaged files: each with the records in whole blocks, and whether it is damaged at all.</summary>
    public static IEnumerable<BrokenFile> Broken()
    {
        if (Folder("broken") is not { } folder)
        {
            yield break;
        }

        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        foreach (var entry in index.RootElement.EnumerateArray())
        {
            var name = entry.GetProperty("file").GetString()!;
            var what = entry.GetProperty("what").GetString()!;
            yield return new BrokenFile(
                Path.Combine(folder, name),
                what,
                entry.GetProperty("records_in_whole_blocks_before").GetInt32(),
                !what.StartsWith("VALID", StringComparison.Ordinal) && name is not ("zero-byte.avro" or "utf8-surrogate.avro"));
        }
    }

    /// <summary>A folder under shared/avro, or null.</summary>
    public static string? Folder(string name)
    {
        var shared = Environment.GetEnvironmentVariable("BATCH_ETL_SHARED");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); shared is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BatchEtl.sln")))
            {
                shared = Path.Combine(folder.FullName, "..", "shared");
            }
        }

        var found = Path.Combine(shared ?? "", "avro", name);
        return Directory.Exists(found) ? found : null;
    }
}

public sealed record MatrixFile(string Path, string TruthPath, int Records)
{
    public IReadOnlyList<JsonElement> Truth() =>
        [.. File.ReadLines(TruthPath).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line, new() { MaxDepth = 1000 }).RootElement)];

    public override string ToString() => System.IO.Path.GetFileNameWithoutExtension(Path);
}

public sealed record BrokenFile(string Path, string What, int Records, bool IsDamaged)
{
    public override string ToString() => System.IO.Path.GetFileNameWithoutExtension(Path);
}
