using System.Text;
using Avro.File;
using Avro.Generic;
using Avro.IO;

namespace BatchEtl.Generator.Container;

/// <summary>Opens Avro files whose bytes follow from their content alone.</summary>
internal static class ContainerFile
{
    // Fits Apache.Avro's doubling buffer of 64 KB: a larger one would live on the large object heap.
    private const int BlockLength = 62_000;

    /// <summary>
    /// Opens a file at a path for writing. Apache.Avro draws its sync markers from a clock; appending to a header of
    /// ours makes it take the marker from there.
    /// </summary>
    /// <param name="marker">What the 16 bytes of the sync marker follow from.</param>
    public static IFileWriter<T> Create<T>(DatumWriter<T> writer, string path, string schema, LandingCodec codec, (ulong High, ulong Low) marker)
    {
        BlockCodecs.Register();
        var header = Header(schema, BlockCodecs.NameOf(codec), marker);
        var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 18);
        try
        {
            stream.Write(header);
            var file = DataFileWriter<T>.OpenAppendWriter(writer, new MemoryStream(header), stream);
            file.SetSyncInterval(BlockLength);
            return file;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static byte[] Header(string schema, string codec, (ulong High, ulong Low) marker)
    {
        using var header = new MemoryStream();
        var encoder = new BinaryEncoder(header);
        encoder.WriteFixed("Obj\u0001"u8.ToArray());
        encoder.WriteMapStart();
        encoder.SetItemCount(2);
        encoder.StartItem();
        encoder.WriteString("avro.schema");
        encoder.WriteBytes(Encoding.UTF8.GetBytes(schema));
        encoder.StartItem();
        encoder.WriteString("avro.codec");
        encoder.WriteBytes(Encoding.UTF8.GetBytes(codec));
        encoder.WriteMapEnd();
        encoder.WriteFixed([.. BitConverter.GetBytes(marker.High), .. BitConverter.GetBytes(marker.Low)]);
        return header.ToArray();
    }
}
