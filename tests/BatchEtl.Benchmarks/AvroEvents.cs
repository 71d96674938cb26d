using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using BatchEtl.Avro.Codecs;

namespace BatchEtl.Benchmarks;

/// <summary>Writes tracking events of 12 fields as Avro files: the same records for the same seed, whatever the codec.</summary>
internal sealed class AvroEvents : IDisposable
{
    public const string Schema = """
        {"type":"record","name":"Event","namespace":"shop","fields":[
         {"name":"event_id","type":"string"},{"name":"event_name","type":"string"},
         {"name":"occurred_at","type":{"type":"long","logicalType":"timestamp-millis"}},
         {"name":"actor_id","type":"string"},{"name":"user_id","type":["null","long"]},
         {"name":"country","type":"string"},{"name":"platform","type":"string"},{"name":"source","type":"string"},
         {"name":"page","type":"string"},{"name":"price","type":["null","double"]},
         {"name":"quantity","type":"int"},{"name":"referrer","type":["null","string"]}]}
        """;

    private const int BlockBytes = 64 << 10;
    private static readonly byte[] Sync = [.. Enumerable.Range(1, 16).Select(i => (byte)(i * 37))];
    private static readonly string[] Names = ["page_view", "search", "item_view", "add_to_cart", "purchase", "screen_view"];
    private static readonly string[] Countries = ["LT", "LV", "EE", "PL", "DE", "FR"];
    private static readonly string[] Platforms = ["web", "ios", "android"];
    private static readonly string[] Sources = ["direct", "google", "newsletter", "affiliate"];

    private readonly MemoryStream _block = new();
    private readonly ZstdSharp.Compressor _zstandard = new(3);
    private readonly Random _random = new(7);
    private readonly byte[] _scratch = new byte[64];

    public void Dispose() => _zstandard.Dispose();

    /// <summary>Writes one file and returns its uncompressed bytes of records.</summary>
    public long Write(string path, AvroCodec codec, long rows)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write("Obj\u0001"u8);
        WriteLong(file, 2);
        WriteText(file, "avro.schema");
        WriteText(file, Schema);
        WriteText(file, "avro.codec");
        WriteText(file, codec.Name());
        WriteLong(file, 0);
        file.Write(Sync);
        long raw = 0;
        long count = 0;
        var time = 1_774_659_600_000L;
        var actor = NextUuid();
        for (long row = 0; row < rows; row++)
        {
            if (_random.Next(12) == 0)
            {
                actor = NextUuid();
            }

            time += _random.Next(3);
            Record(actor, time);
            count++;
            if (_block.Length >= BlockBytes || row == rows - 1)
            {
                raw += _block.Length;
                Flush(file, codec, count);
                count = 0;
            }
        }

        return raw;
    }

    private void Record(string actor, long time)
    {
        WriteText(_block, NextUuid());
        WriteText(_block, Pick(Names));
        WriteLong(_block, time);
        WriteText(_block, actor);
        var user = _random.Next(3) > 0;
        WriteLong(_block, user ? 1 : 0);
        if (user)
        {
            WriteLong(_block, _random.Next(50_000_000));
        }

        WriteText(_block, Pick(Countries));
        WriteText(_block, Pick(Platforms));
        WriteText(_block, Pick(Sources));
        WriteText(_block, $"/catalog/{_random.Next(40)}/item/{_random.Next(1_000_000)}");
        var priced = _random.Next(4) == 0;
        WriteLong(_block, priced ? 1 : 0);
        if (priced)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(_scratch, _random.Next(100_000) / 100.0);
            _block.Write(_scratch, 0, 8);
        }

        WriteLong(_block, _random.Next(1, 4));
        var referred = _random.Next(3) == 0;
        WriteLong(_block, referred ? 1 : 0);
        if (referred)
        {
            WriteText(_block, "https://www.example.com/" + _random.Next(1000));
        }
    }

    private void Flush(FileStream file, AvroCodec codec, long count)
    {
        var data = _block.GetBuffer().AsSpan(0, (int)_block.Length);
        byte[] stored = codec switch
        {
            AvroCodec.Null => data.ToArray(),
            AvroCodec.Snappy => [.. Snappier.Snappy.CompressToArray(data), .. Checksum(data)],
            AvroCodec.Zstandard => _zstandard.Wrap(data).ToArray(),
            _ => Deflated(data),
        };
        WriteLong(file, count);
        WriteLong(file, stored.Length);
        file.Write(stored);
        file.Write(Sync);
        _block.SetLength(0);
    }

    private static byte[] Checksum(ReadOnlySpan<byte> data)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Crc32.HashToUInt32(data));
        return bytes;
    }

    private static byte[] Deflated(ReadOnlySpan<byte> data)
    {
        using var target = new MemoryStream();
        using (var deflate = new DeflateStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(data);
        }

        return target.ToArray();
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];

    private string NextUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes).ToString("D");
    }

    private static void WriteText(Stream stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteLong(stream, bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteLong(Stream stream, long value)
    {
        var raw = (ulong)((value << 1) ^ (value >> 63));
        for (; raw >= 0x80; raw >>= 7)
        {
            stream.WriteByte((byte)(raw | 0x80));
        }

        stream.WriteByte((byte)raw);
    }
}
