using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using BatchEtl.Avro.Codecs;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Benchmarks;

/// <summary>Million rows per second of the columnar reader, of decompression alone and of Apache.Avro's generic reader.</summary>
internal static unsafe class AvroReading
{
    private const int Capacity = 2048;
    private const int Rounds = 3;

    private static readonly LeafColumn[] Columns =
    [
        Column(LeafKind.Uuid, "event_id"), Column(LeafKind.Text, "event_name"), Column(LeafKind.Int64, "occurred_at"),
        Column(LeafKind.Uuid, "actor_id"), Column(LeafKind.Int64, "user_id", 1), Column(LeafKind.Text, "country"),
        Column(LeafKind.Text, "platform"), Column(LeafKind.Text, "source"), Column(LeafKind.Text, "page"),
        Column(LeafKind.Double, "price", 1), Column(LeafKind.Int64, "quantity"), Column(LeafKind.Text, "referrer", 1),
    ];

    public static int Run(string[] args)
    {
        var rows = long.Parse(Option(args, "--rows") ?? "5000000", CultureInfo.InvariantCulture);
        var folder = Option(args, "--dir") ?? Path.Combine(Path.GetTempPath(), "batch-etl-avro-" + Environment.ProcessId);
        Directory.CreateDirectory(folder);
        try
        {
            Console.WriteLine($"{rows} rows of 12 columns per codec, {Environment.ProcessorCount} cores, best of {Rounds}; million rows/s");
            Console.WriteLine();
            Console.WriteLine("| codec | MB | ours, 1 thread | ours, 2 threads | text ids, 1 thread | decompressing only, 1 thread | Apache.Avro, 1 thread | ours 1 / Apache.Avro | ours 2 / Apache.Avro |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
            foreach (var codec in new[] { AvroCodec.Null, AvroCodec.Snappy, AvroCodec.Zstandard, AvroCodec.Deflate })
            {
                Row(Path.Combine(folder, codec.Name() + ".avro"), codec, rows);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void Row(string path, AvroCodec codec, long rows)
    {
        using (var events = new AvroEvents())
        {
            events.Write(path, codec, rows);
        }

        using var source = AvroSource.OpenFile(path);
        var header = AvroFileHeader.Read(source)!;
        var index = AvroFileIndex.Build(source, header, splitBytes: 8 << 20);
        var plan = new ColumnPlan(header.Schema, Columns);
        var texts = new ColumnPlan(header.Schema, [.. Columns.Select(column => column.Kind == LeafKind.Uuid ? column with { Kind = LeafKind.Text } : column)]);
        var one = Best(rows, () => Ours(source, header, index, plan, 1));
        var two = Best(rows, () => Ours(source, header, index, plan, 2));
        var text = Best(rows, () => Ours(source, header, index, texts, 1));
        var floor = Best(rows, () => Decompress(source, header));
        var apache = Best(Math.Min(rows, 1_000_000), () => Apache(path, Math.Min(rows, 1_000_000)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {codec.Name()} | {source.Length / 1e6:F0} | {one:F2} | {two:F2} | {text:F2} | {floor:F2} | {apache:F2} | {one / apache:F1} | {two / apache:F1} |"));
        File.Delete(path);
    }

    private static double Best(long rows, Func<long> read)
    {
        var best = 0.0;
        for (var i = 0; i < Rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            var got = read();
            var rate = rows / watch.Elapsed.TotalSeconds / 1e6;
            if (got != rows)
            {
                throw new InvalidOperationException($"{got} rows instead of {rows}");
            }

            best = Math.Max(best, rate);
        }

        return best;
    }

    private static long Ours(AvroSource source, AvroFileHeader header, AvroFileIndex index, ColumnPlan plan, int threads)
    {
        long total = 0;
        var next = -1;
        void Work()
        {
            using var reader = new ColumnarReader(plan);
            var vectors = stackalloc ColumnVector[plan.Columns.Count];
            for (var i = 0; i < plan.Columns.Count; i++)
            {
                vectors[i].Data = NativeMemory.Alloc(Capacity * 16);
                vectors[i].Validity = (ulong*)NativeMemory.Alloc(Capacity / 8);
            }

            for (int split; (split = Interlocked.Increment(ref next)) < index.Splits.Count;)
            {
                reader.Open(source.Name, source, header, index.Splits[split]);
                int read;
                while ((read = reader.Read(vectors, null, Capacity)) > 0)
                {
                    Interlocked.Add(ref total, read);
                }
            }

            for (var i = 0; i < plan.Columns.Count; i++)
            {
                NativeMemory.Free(vectors[i].Data);
                NativeMemory.Free(vectors[i].Validity);
            }
        }

        var others = Enumerable.Range(1, threads - 1).Select(_ => new Thread(Work)).ToList();
        others.ForEach(thread => thread.Start());
        Work();
        others.ForEach(thread => thread.Join());
        return total;
    }

    private static long Decompress(AvroSource source, AvroFileHeader header)
    {
        using var pool = new NativePool();
        using var blocks = new BlockStream(pool, AvroFileIndex.DefaultMaxBlockBytes);
        blocks.Open(source.Name, source, header, header.FirstBlock, source.Length);
        long records = 0;
        while (blocks.Next())
        {
            blocks.NextCall();
            records += blocks.Records;
        }

        return records;
    }

    private static long Apache(string path, long limit)
    {
        global::Avro.File.Codec.RegisterResolver(name => name is "snappy" or "zstandard" ? new ApacheCodec(name) : null);
        using var reader = global::Avro.File.DataFileReader<global::Avro.Generic.GenericRecord>.OpenReader(path);
        long records = 0;
        while (records < limit && reader.HasNext())
        {
            reader.Next();
            records++;
        }

        return records;
    }

    private static LeafColumn Column(LeafKind kind, string field, int branch = -1) => new(kind,
        [new LeafPath(branch < 0 ? [new FieldStep(field)] : [new FieldStep(field), new BranchStep(branch)])]);

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

    /// <summary>Apache.Avro brings null and deflate; the others with the same libraries as ours.</summary>
    private sealed class ApacheCodec(string name) : global::Avro.File.Codec
    {
        private static readonly ZstdSharp.Decompressor Zstandard = new();

        public override byte[] Compress(byte[] uncompressedData) => throw new NotSupportedException();

        public override void Compress(MemoryStream inputStream, MemoryStream outputStream) => throw new NotSupportedException();

        public override byte[] Decompress(byte[] compressedData, int length) => name == "snappy"
            ? Snappier.Snappy.DecompressToArray(compressedData.AsSpan(0, length - 4))
            : Zstandard.Unwrap(compressedData.AsSpan(0, length)).ToArray();

        public override string GetName() => name;

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => name.GetHashCode(StringComparison.Ordinal);
    }
}
