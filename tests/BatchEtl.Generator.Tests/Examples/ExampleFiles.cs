using Avro;
using Avro.File;
using Avro.Generic;
using BatchEtl.Generator.Container;
using BatchEtl.Generator.World;

namespace BatchEtl.Generator.Tests.Examples;

/// <summary>Where the examples lie, and how their small files are written and compared.</summary>
internal static class ExampleFiles
{
    public static readonly string Root = Path.Combine(Repository(), "jobs", "BatchEtl.Cli", "examples");

    /// <summary>Writes records as one file; its bytes follow from them and its name.</summary>
    public static void Write(string path, string schema, LandingCodec codec, IEnumerable<Action<GenericRecord>> records)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var parsed = (RecordSchema)Schema.Parse(schema);
        var name = Path.GetFileName(path).Aggregate(0UL, (hash, c) => Draw.Mix(hash + c));
        using var file = ContainerFile.Create(new GenericDatumWriter<GenericRecord>(parsed), path, OnOneLine(schema), codec, (name, Draw.Mix(name)));
        foreach (var fill in records)
        {
            var record = new GenericRecord(parsed);
            fill(record);
            file.Append(record);
        }
    }

    /// <summary>A record of a branch or field of another schema.</summary>
    public static GenericRecord Record(Schema schema, params (string Field, object? Value)[] fields)
    {
        var record = new GenericRecord((RecordSchema)schema);
        foreach (var (field, value) in fields)
        {
            record.Add(field, value);
        }

        return record;
    }

    /// <summary>The branch of a union by its name; null is no branch to ask for.</summary>
    public static Schema Branch(Schema union, string name) =>
        ((UnionSchema)union).Schemas.Single(s => s.Name == name);

    /// <summary>Every file with its records as text.</summary>
    public static IReadOnlyList<string> Content(string root)
    {
        BlockCodecs.Register();
        var lines = new List<string>();
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            lines.Add(Path.GetRelativePath(root, file).Replace('\\', '/'));
            if (new FileInfo(file).Length > 0)
            {
                using var reader = LandedRecords.OpenReader(file);
                lines.AddRange(reader.NextEntries.Select(r => r.ToString()));
            }
        }

        return lines;
    }

    private static string OnOneLine(string schema) => string.Concat(schema.Split('\n').Select(l => l.Trim()));

    private static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "BatchEtl.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Expected BatchEtl.sln above the tests' folder.");
        }

        return folder.FullName;
    }
}
