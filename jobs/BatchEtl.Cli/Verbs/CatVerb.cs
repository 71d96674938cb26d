using System.Globalization;
using System.Text;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Generic;
using BatchEtl.Core.Errors;

namespace BatchEtl.Cli.Verbs;

/// <summary>The verb <c>cat</c>.</summary>
internal static class CatVerb
{
    public static ExitCode Cat(CatOptions options, CancellationToken cancellation)
    {
        var damaged = false;
        foreach (var file in options.Files)
        {
            try
            {
                using var source = AvroSource.OpenFile(file);
                if (AvroFileHeader.Read(source) is not { } header)
                {
                    Console.Error.WriteLine($"{file}: 0 bytes");
                    continue;
                }

                One(options, file, source, header, cancellation);
            }
            catch (AvroFormatException e)
            {
                Console.Error.WriteLine($"error: {e.Message}");
                damaged = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new BatchEtlException(ExitCode.Input, $"{file}: {e.Message}", e);
            }
        }

        return damaged ? ExitCode.Input : ExitCode.Done;
    }

    private static void One(CatOptions options, string file, AvroSource source, AvroFileHeader header, CancellationToken cancellation)
    {
        if (options.Schema)
        {
            Console.Out.WriteLine(header.SchemaJson);
        }
        else if (options.Stats || options.Verify)
        {
            var index = AvroFileIndex.Build(source, header, verify: options.Verify, cancellation: cancellation);
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: {source.Length:N0} bytes, codec {header.Codec}, {index.Blocks:N0} blocks, {index.Records:N0} records{(options.Verify ? ", whole" : "")}"));
            if (options.Stats)
            {
                foreach (var (key, value) in header.Metadata.Where(m => m.Key != "avro.schema"))
                {
                    Console.Out.WriteLine($"  {key}: {Encoding.UTF8.GetString(value)}");
                }
            }
        }
        else
        {
            Records(options, source, header, cancellation);
        }
    }

    private static void Records(CatOptions options, AvroSource source, AvroFileHeader header, CancellationToken cancellation)
    {
        var index = AvroFileIndex.Build(source, header, cancellation: cancellation);
        using var reader = new GenericReader(source, header);
        var left = options.Limit ?? long.MaxValue;
        foreach (var split in index.Splits)
        {
            reader.Open(split);
            while (left > 0 && reader.TryRead(out var value))
            {
                cancellation.ThrowIfCancellationRequested();
                Console.Out.WriteLine(AvroJson.Text(header.Schema, value, options.Plain));
                left--;
            }
        }
    }
}
