using System.Globalization;
using System.Numerics;
using System.Text;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Columnar;

public sealed unsafe partial class ColumnarReader
{
    private static readonly Int128 TenTo38 = Int128.Parse("100000000000000000000000000000000000000", CultureInfo.InvariantCulture);

    private byte* DecimalValue(PlanOperation* operation, byte* p, long row)
    {
        var start = p;
        long length = operation->C;
        if (operation->Code is PlanCode.DecimalPrefixed or PlanCode.DecimalTextPrefixed)
        {
            var raw = Prefix(p, _end);
            length = (long)raw.Value;
            p = raw.Next;
        }
        else if (_end - p < length)
        {
            Faults.Fixed(p, length, _end);
        }

        if (operation->Code is PlanCode.DecimalTextPrefixed or PlanCode.DecimalTextFixed)
        {
            PutDecimalText((Utf8View*)_columns[operation->A].Data + row, p, length, operation->B);
            SetValid(_columns, operation, row);
        }
        else if (TryUnscaled(p, length, out var value) && value < TenTo38 && value > -TenTo38)
        {
            var target = (ulong*)_columns[operation->A].Data + (2 * row);
            target[0] = (ulong)value;
            target[1] = (ulong)(value >> 64);
            SetValid(_columns, operation, row);
        }

        return operation->Stays == 0 ? p + length : start;
    }

    /// <summary>Big-endian two's complement of any length; no bytes are 0. False when it takes more than 128 bits.</summary>
    private static bool TryUnscaled(byte* bytes, long length, out Int128 value)
    {
        var sign = length > 0 && bytes[0] > 0x7F ? (byte)0xFF : (byte)0;
        for (; length > 16; length--, bytes++)
        {
            if (bytes[0] != sign || (bytes[1] ^ sign) > 0x7F)
            {
                value = default;
                return false;
            }
        }

        var high = sign == 0 ? 0UL : ulong.MaxValue;
        var low = high;
        for (long i = 0; i < length; i++)
        {
            high = (high << 8) | (low >> 56);
            low = (low << 8) | bytes[i];
        }

        value = new Int128(high, low);
        return true;
    }

    private void PutDecimalText(Utf8View* target, byte* bytes, long length, int scale)
    {
        var digits = TryUnscaled(bytes, length, out var value) && value != Int128.MinValue
            ? value.ToString(CultureInfo.InvariantCulture)
            : new BigInteger(new ReadOnlySpan<byte>(bytes, (int)length), isBigEndian: true).ToString(CultureInfo.InvariantCulture);
        var negative = digits[0] == '-';
        if (negative)
        {
            digits = digits[1..];
        }

        digits = digits.PadLeft(scale + 1, '0');
        var text = (negative ? "-" : "") + digits[..^scale] + (scale > 0 ? "." + digits[^scale..] : "");
        var memory = TextMemory(text.Length + 16);
        Encoding.ASCII.GetBytes(text, new Span<byte>(memory, text.Length));
        *target = Utf8View.Of(memory, text.Length);
    }
}
