using System.Text;
using BatchEtl.Avro.Container;

namespace BatchEtl.Avro.Tests;

/// <summary>Container files made byte by byte.</summary>
internal sealed class FileBytes
{
    public static readonly byte[] Sync = [.. Enumerable.Range(0, 16).Select(i => (byte)(0xA0 + i))];

    private readonly List<byte> _bytes = [];

    public FileBytes(string schema, string? codec = null, byte[]? sync = null)
    {
        Marker = sync ?? Sync;
        Raw([.. "Obj\u0001"u8]);
        Raw(codec is null ? Bytes.Long(1) : Bytes.Long(2));
        Raw(Bytes.Text("avro.schema"), Bytes.Text(schema));
        if (codec is not null)
        {
            Raw(Bytes.Text("avro.codec"), Bytes.Text(codec));
        }

        Raw(Bytes.Long(0), Marker);
    }

    public byte[] Marker { get; }

    public long Length => _bytes.Count;

    public FileBytes Raw(params byte[][] parts)
    {
        foreach (var part in parts)
        {
            _bytes.AddRange(part);
        }

        return this;
    }

    public FileBytes Block(long count, params byte[][] data)
    {
        byte[] all = [.. data.SelectMany(part => part)];
        return Raw(Bytes.Long(count), Bytes.Long(all.Length), all, Marker);
    }

    public byte[] ToArray() => [.. _bytes];

    public AvroSource Source() => AvroSource.Of("hand-made.avro", ToArray());
}

/// <summary>Avro's binary forms.</summary>
internal static class Bytes
{
    public static byte[] Long(long value) => Raw((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Without zigzag.</summary>
    public static byte[] Raw(ulong raw)
    {
        var bytes = new List<byte>();
        for (; raw >= 0x80; raw >>= 7)
        {
            bytes.Add((byte)(raw | 0x80));
        }

        bytes.Add((byte)raw);
        return [.. bytes];
    }

    public static byte[] Text(string text) => Prefixed(Encoding.UTF8.GetBytes(text));

    public static byte[] Prefixed(params byte[] bytes) => [.. Long(bytes.Length), .. bytes];

    public static byte[] Double(double value) => BitConverter.GetBytes(value);
}
