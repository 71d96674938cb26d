using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace BatchEtl.Avro.Columnar;

/// <summary>Texts into views.</summary>
internal static unsafe class TextForms
{
    /// <summary>16 bytes of ones, then 16 of zeros: loaded from 16 − n on, a mask for n bytes.</summary>
    private static ReadOnlySpan<byte> FirstBytes =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>Puts a text that is all ASCII; false, and nothing is put, when it is not. Loads up to 16 bytes behind the text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool PutAscii(Utf8View* target, byte* text, long length)
    {
        var first = Vector128.Load(text);
        if (length <= 12)
        {
            var mask = Vector128.Load((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(FirstBytes)) + 16 - length);
            first &= mask;
            if (first.ExtractMostSignificantBits() != 0)
            {
                return false;
            }

            var shifted = Vector128.Shuffle(first, Vector128.Create((byte)16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
            (shifted | Vector128.CreateScalar((uint)length).AsByte()).Store((byte*)target);
            return true;
        }

        if (!IsAscii(text, length))
        {
            return false;
        }

        ((ulong*)target)[0] = (ulong)length | ((ulong)*(uint*)text << 32);
        ((ulong*)target)[1] = (ulong)text;
        return true;
    }

    /// <summary>Copies a text so that each run of bytes that are not UTF-8, and of U+FFFD, is one U+FFFD.</summary>
    /// <param name="target">Room for twice the text and 3 bytes more.</param>
    /// <returns>The bytes written.</returns>
    public static long Sanitize(ReadOnlySpan<byte> text, byte* target)
    {
        var start = target;
        var inRun = false;
        while (!text.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(text, out var rune, out var used) == System.Buffers.OperationStatus.Done
                && rune != Rune.ReplacementChar;
            if (valid)
            {
                text[..used].CopyTo(new Span<byte>(target, used));
                target += used;
            }
            else if (!inRun)
            {
                *target++ = 0xEF;
                *target++ = 0xBF;
                *target++ = 0xBD;
            }

            inRun = !valid;
            text = text[used..];
        }

        return target - start;
    }

    /// <summary>More than 12 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAscii(byte* text, long length)
    {
        if (length <= 16)
        {
            var mask = Vector128.Load((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(FirstBytes)) + 16 - length);
            return (Vector128.Load(text) & mask).ExtractMostSignificantBits() == 0;
        }

        var all = Vector128.Load(text) | Vector128.Load(text + length - 16);
        for (long i = 16; i < length - 16; i += 16)
        {
            all |= Vector128.Load(text + i);
        }

        return all.ExtractMostSignificantBits() == 0;
    }
}
