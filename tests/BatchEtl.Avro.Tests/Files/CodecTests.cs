using System.IO.Compression;
using System.Text;
using BatchEtl.Avro.Codecs;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Tests;

public sealed unsafe class CodecTests
{
    [Test]
    public void Snappys_checksum_is_the_CRC_32_of_zlib_with_its_highest_byte_first()
    {
        using var pool = new NativePool();
        using var codec = BlockCodec.Create(AvroCodec.Snappy)!;
        byte[] literal = [9, 8 << 2, .. "123456789"u8];
        Assert.That(Decompressed(codec, pool, [.. literal, 0xCB, 0xF4, 0x39, 0x26], 100), Is.EqualTo("123456789"u8.ToArray()));
        Assert.That(() => Decompressed(codec, pool, [.. literal, 0x26, 0x39, 0xF4, 0xCB], 100), Throws.TypeOf<MalformedDataException>());
    }

    [Test]
    public void What_is_compressed_comes_back([Values(AvroCodec.Deflate, AvroCodec.Snappy, AvroCodec.Zstandard)] AvroCodec kind)
    {
        using var pool = new NativePool();
        using var codec = BlockCodec.Create(kind)!;
        for (var seed = 0; seed < 300; seed++)
        {
            var data = Data(new Random(seed));
            var compressed = kind switch
            {
                AvroCodec.Deflate => Compressed.Deflate(data, (CompressionLevel)(seed % 4)),
                AvroCodec.Snappy => Compressed.Snappy(data),
                _ => Compressed.Zstandard(data),
            };
            Assert.That(Decompressed(codec, pool, compressed, 10_000_000).AsSpan().SequenceEqual(data), $"seed {seed}");
            Assert.That(Decompressed(codec, pool, compressed, Math.Max(1, data.Length)).AsSpan().SequenceEqual(data), $"seed {seed}, at the limit");
            if (data.Length > 1)
            {
                Assert.That(() => Decompressed(codec, pool, compressed, data.Length - 1), Throws.TypeOf<MalformedDataException>(), $"seed {seed}, limit");
            }
        }
    }

    [Test]
    public void Damage_is_found_or_harmless([Values] AvroCodec kind)
    {
        if (kind == AvroCodec.Null)
        {
            return;
        }

        using var pool = new NativePool();
        using var codec = BlockCodec.Create(kind)!;
        for (var seed = 0; seed < (kind is AvroCodec.Bzip2 or AvroCodec.Xz ? 50 : 3000); seed++)
        {
            var random = new Random(seed);
            var data = Data(random, 3000);
            var compressed = kind switch
            {
                AvroCodec.Deflate => Compressed.Deflate(data, (CompressionLevel)(seed % 4)),
                AvroCodec.Snappy => Compressed.Snappy(data),
                AvroCodec.Zstandard => Compressed.Zstandard(data),
                _ => data,
            };
            if (compressed.Length == 0)
            {
                continue;
            }

            for (var i = random.Next(1, 4); i > 0; i--)
            {
                compressed[random.Next(compressed.Length)] ^= (byte)(1 << random.Next(8));
            }

            if (random.Next(4) == 0)
            {
                compressed = compressed[..random.Next(compressed.Length)];
            }

            try
            {
                Decompressed(codec, pool, compressed, 1 << 20);
            }
            catch (MalformedDataException)
            {
            }
        }
    }

    private static byte[] Data(Random random, int most = 200_000)
    {
        var data = new byte[random.Next(8) == 0 ? random.Next(4) : random.Next(most)];
        switch (random.Next(4))
        {
            case 0:
                random.NextBytes(data);
                break;
            case 1:
                Array.Fill(data, (byte)random.Next(256));
                break;
            case 2:
                var period = random.Next(1, 40);
                for (var i = 0; i < data.Length; i++)
                {
                    data[i] = (byte)(i % period);
                }

                break;
            default:
                var text = new StringBuilder();
                while (text.Length < data.Length)
                {
                    text.Append("page_view /catalog/").Append(random.Next(100)).Append(' ');
                }

                Encoding.ASCII.GetBytes(text.ToString(0, data.Length)).CopyTo(data, 0);
                break;
        }

        return data;
    }

    private static byte[] Decompressed(BlockCodec codec, NativePool pool, byte[] compressed, long limit)
    {
        var source = pool.Rent(compressed.Length);
        compressed.CopyTo(new Span<byte>(source.Pointer, compressed.Length));
        try
        {
            var buffer = codec.Decompress(source.Pointer, compressed.Length, pool, limit, out var written);
            var result = new ReadOnlySpan<byte>(buffer.Pointer, (int)written).ToArray();
            pool.Return(buffer);
            return result;
        }
        finally
        {
            pool.Return(source);
        }
    }
}
