using BatchEtl.Avro.Decoding;
using ZstdSharp.Unsafe;

namespace BatchEtl.Avro.Codecs;

/// <summary>Zstandard: one frame or several in a row.</summary>
internal sealed unsafe class ZstandardCodec : BlockCodec
{
    private ZSTD_DCtx_s* _context = Methods.ZSTD_createDCtx();

    public override NativeBuffer Decompress(byte* source, long length, NativePool pool, long limit, out long written)
    {
        if (length == 0)
        {
            throw Fault(AvroCodec.Zstandard, "0 bytes");
        }

        // Frames of one piece name their size; it is believed as far as it is likely, the rest grows as bytes come.
        var claimed = Methods.ZSTD_findDecompressedSize(source, (nuint)length);
        if (claimed <= (ulong)Math.Min(limit, (1 << 20) + (32 * length)))
        {
            return OneShot(source, length, (long)claimed, pool, out written);
        }

        return Streamed(source, length, pool, limit, out written);
    }

    protected override void Dispose(bool disposing)
    {
        if (_context != null)
        {
            Methods.ZSTD_freeDCtx(_context);
            _context = null;
        }

        base.Dispose(disposing);
    }

    private NativeBuffer OneShot(byte* source, long length, long size, NativePool pool, out long written)
    {
        var buffer = pool.Rent(Math.Max(1, size));
        var result = Methods.ZSTD_decompressDCtx(_context, buffer.Pointer, (nuint)size, source, (nuint)length);
        if (Methods.ZSTD_isError(result) || (long)result != size)
        {
            pool.Return(buffer);
            throw Fault(AvroCodec.Zstandard, Methods.ZSTD_isError(result) ? Methods.ZSTD_getErrorName(result) : $"{result} bytes instead of {size}");
        }

        written = size;
        return buffer;
    }

    private NativeBuffer Streamed(byte* source, long length, NativePool pool, long limit, out long written)
    {
        Methods.ZSTD_DCtx_reset(_context, ZSTD_ResetDirective.ZSTD_reset_session_only);
        var buffer = pool.Rent(Math.Min(limit, Math.Max(256 << 10, length * 4)));
        var input = new ZSTD_inBuffer_s { src = source, size = (nuint)length };
        var output = new ZSTD_outBuffer_s { dst = buffer.Pointer, size = (nuint)Math.Min(limit, buffer.Capacity) };
        while (true)
        {
            var before = (input.pos, output.pos);
            var result = Methods.ZSTD_decompressStream(_context, &output, &input);
            string? fault = null;
            if (Methods.ZSTD_isError(result))
            {
                fault = Methods.ZSTD_getErrorName(result);
            }
            else if (result == 0 && input.pos == input.size)
            {
                written = (long)output.pos;
                return buffer;
            }
            else if (output.pos == output.size)
            {
                if ((long)output.size >= limit)
                {
                    pool.Return(buffer);
                    throw TooLarge(AvroCodec.Zstandard, limit);
                }

                buffer = pool.Grow(buffer, (long)output.pos, 0);
                output.dst = buffer.Pointer;
                output.size = (nuint)Math.Min(limit, buffer.Capacity);
                continue;
            }
            else if (before == (input.pos, output.pos))
            {
                fault = "a frame that is cut off";
            }

            if (fault is not null)
            {
                pool.Return(buffer);
                throw Fault(AvroCodec.Zstandard, fault);
            }
        }
    }
}
