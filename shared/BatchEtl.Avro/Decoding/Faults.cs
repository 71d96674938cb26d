using System.Diagnostics.CodeAnalysis;

namespace BatchEtl.Avro.Decoding;

/// <summary>Throws for the decoders, out of their loops' way.</summary>
internal static unsafe class Faults
{
    [DoesNotReturn]
    public static byte* Integer(byte* p, byte* next, byte* end)
    {
        if (next != null && next <= end)
        {
            throw new MalformedDataException((nint)p, "an int of 32 bits", "an integer of more");
        }

        VarInt.Fail(p, next, "an integer");
        return null;
    }

    [DoesNotReturn]
    public static void Int32(byte* p, long value) =>
        throw new MalformedDataException((nint)p, "an int of 32 bits", $"{value}");

    [DoesNotReturn]
    public static void Boolean(byte* p, byte* end) =>
        throw new MalformedDataException((nint)p, "a boolean, 0 or 1", p >= end ? "the block's end" : $"{*p}");

    [DoesNotReturn]
    public static void Length(byte* p, long length, long left) => throw new MalformedDataException(
        (nint)p, $"a length of 0 to {left} bytes, as many as the block has left", $"{length}");

    [DoesNotReturn]
    public static void Fixed(byte* p, long size, byte* end) =>
        throw new MalformedDataException((nint)p, $"{size} bytes", $"the block's end {Math.Max(0, end - p)} bytes on");

    [DoesNotReturn]
    public static void Enum(byte* p, long index, long symbols) =>
        throw new MalformedDataException((nint)p, $"an enum's index under {symbols}", $"{index}");

    [DoesNotReturn]
    public static void Branch(byte* p, long index, long branches) =>
        throw new MalformedDataException((nint)p, $"a union's branch under {branches}", $"{index}");

    [DoesNotReturn]
    public static void Depth(byte* p, int limit) => throw new MalformedDataException(
        (nint)p, $"records nested in themselves at most {limit} deep", "deeper ones");
}
