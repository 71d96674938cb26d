using System.Diagnostics;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Generic;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>Damaged files either read or are refused: no other exception, no memory without bounds, no endless loop.</summary>
public sealed class MutatedFileTests
{
    private const int MaxBlockBytes = 4 << 20;
    private const int MaxRows = 20_000;

    private static IEnumerable<TestCaseData> Files()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var at = seed;
            yield return new TestCaseData(new Func<byte[]>(() => PropertyTests.Make(at, odd: true, out _))).SetName($"{{m}}: random {seed}");
        }

        foreach (var file in SharedFiles.Matrix().Where(file => new FileInfo(file.Path).Length < 20_000 && !file.ToString().StartsWith("wideschema", StringComparison.Ordinal)))
        {
            yield return new TestCaseData(new Func<byte[]>(() => File.ReadAllBytes(file.Path))).SetName($"{{m}}: {file}");
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Read_or_refused(Func<byte[]> content)
    {
        var original = content();
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var file = original;
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                file = Mutated(file, random, header: seed % 5 == 0);
            }

            var watch = Stopwatch.StartNew();
            Read(AvroSource.Of($"mutated-{seed}.avro", file), random);
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), $"seed {seed}");
        }
    }

    private static void Read(AvroSource source, Random random)
    {
        AvroFileHeader? header;
        try
        {
            header = AvroFileHeader.Read(source);
        }
        catch (AvroFormatException)
        {
            return;
        }

        if (header is null)
        {
            return;
        }

        // With skip nothing is thrown once the header is good, and what is left reads to its end.
        var index = AvroFileIndex.Build(source, header, skipDamage: true, maxBlockBytes: MaxBlockBytes);
        Assert.That(index.Splits.Sum(split => split.End - split.Start) + index.Damage.Sum(stretch => stretch.Bytes) + header.FirstBlock, Is.EqualTo(source.Length));
        var generic = 0L;
        using (var reader = new GenericReader(source, header, maxBlockBytes: MaxBlockBytes))
        {
            foreach (var split in index.Splits)
            {
                reader.Open(split);
                generic += reader.ReadAll().Take(MaxRows).Count();
            }
        }

        if (index.Records < MaxRows)
        {
            Assert.That(generic, Is.EqualTo(index.Records));
        }

        var columns = header.Schema is RecordSchema ? ProjectedLeaf.All(header.Schema, ["a", "k"]).Select(leaf => leaf.Column).Take(random.Next(30)).ToList() : null;
        if (columns is not null && index.Records < MaxRows)
        {
            Assert.That(ColumnTexts.Read(source, header, columns, 100, index), Has.Count.EqualTo(index.Records));
        }

        // Without skip: all of it or a clear error.
        var damaged = index.Damage.Count > 0;
        Assert.That(Refuses(() => AvroFileIndex.Build(source, header, verify: true, maxBlockBytes: MaxBlockBytes)), Is.EqualTo(damaged));
        Assert.That(Refuses(() =>
        {
            using var reader = new GenericReader(source, header, maxBlockBytes: MaxBlockBytes);
            foreach (var _ in reader.ReadAll().Take(MaxRows))
            {
            }
        }), Is.EqualTo(damaged).Or.EqualTo(damaged && index.Records < MaxRows));
        if (columns is not null)
        {
            Refuses(() =>
            {
                var whole = AvroFileIndex.Build(source, header);
                ColumnTexts.Read(source, header, columns, 50, whole, MaxRows);
            });
        }
    }

    private static bool Refuses(Action read)
    {
        try
        {
            read();
            return false;
        }
        catch (AvroFormatException)
        {
            return true;
        }
    }

    private static byte[] Mutated(byte[] file, Random random, bool header)
    {
        if (file.Length < 2)
        {
            return file;
        }

        // Mostly behind the header: before it nearly every change ends at once.
        var at = header ? random.Next(file.Length) : random.Next(Math.Min(file.Length - 1, 150 + (file.Length / 4)), file.Length);
        var copy = file.ToArray();
        switch (random.Next(8))
        {
            case 0:
                return file[..at];
            case 1:
                return [.. file[..at], .. file[Math.Min(file.Length, at + random.Next(1, 30))..]];
            case 2:
                var more = new byte[random.Next(1, 30)];
                random.NextBytes(more);
                return [.. file[..at], .. more, .. file[at..]];
            case 3:
                long[] lies = [-1, long.MinValue, long.MaxValue, int.MaxValue, 1L << 31, 1000, 0, -1000];
                return [.. file[..at], .. Bytes.Long(lies[random.Next(lies.Length)]), .. file[Math.Min(file.Length, at + 1)..]];
            case 4:
                return [.. file[..at], .. file[^Math.Min(file.Length, 16)..], .. file[at..]];
            case 5:
                copy[at] = (byte)random.Next(256);
                return copy;
            default:
                copy[at] ^= (byte)(1 << random.Next(8));
                return copy;
        }
    }
}
