using System.Runtime.CompilerServices;
using BatchEtl.Avro.Decoding;

namespace BatchEtl.Avro.Columnar;

public sealed unsafe partial class ColumnarReader
{
    /// <summary>
    /// Runs the operations over records, or over one element. Positions are compared with the block's end after each
    /// step: what lies directly behind it may be read, as buffers are padded, but is never believed.
    /// </summary>
    private byte* Run(PlanOperation* operation, byte* p, long row, int rows)
    {
        var code = _code;
        var end = _end;
        var columns = _columns;
        while (true)
        {
            switch (operation->Code)
            {
                case PlanCode.End:
                    return p;
                case PlanCode.EndRecord:
                    row++;
                    if (--rows == 0)
                    {
                        return p;
                    }

                    operation = code;
                    continue;
                case PlanCode.Jump:
                    operation = code + operation->A;
                    continue;
                case PlanCode.Optional:
                {
                    if (p >= end)
                    {
                        Faults.Fixed(p, 1, end);
                    }

                    long branch = *p;
                    if (branch > 2)
                    {
                        var raw = VarInt.Read(p);
                        if (raw.Next == null || raw.Next > end)
                        {
                            Faults.Integer(p, raw.Next, end);
                        }

                        branch = (long)raw.Value;
                        if (branch is not (0 or 2))
                        {
                            Faults.Branch(p, VarInt.ZigZag(raw.Value), 2);
                        }

                        p = raw.Next;
                    }
                    else
                    {
                        if (branch == 1)
                        {
                            Faults.Branch(p, -1, 2);
                        }

                        p++;
                    }

                    operation = branch == operation->A ? code + operation->B : operation + 1;
                    continue;
                }

                case PlanCode.Union:
                {
                    var raw = Integer(p, end);
                    var index = VarInt.ZigZag(raw.Value);
                    if ((ulong)index >= (ulong)operation->A)
                    {
                        Faults.Branch(p, index, operation->A);
                    }

                    p = raw.Next;
                    operation = code + _targets[operation->B + index];
                    continue;
                }

                case PlanCode.KeyedArray:
                    p = Elements(_program.Arrays[operation->A], p, row);
                    break;
                case PlanCode.Map:
                    p = Entries(_program.Maps[operation->A], p, row);
                    break;
                case PlanCode.SkipInt:
                {
                    var raw = Integer(p, end);
                    if (raw.Value > uint.MaxValue)
                    {
                        Faults.Int32(p, VarInt.ZigZag(raw.Value));
                    }

                    p = raw.Next;
                    break;
                }

                case PlanCode.SkipLong:
                    p = Integer(p, end).Next;
                    break;
                case PlanCode.SkipBoolean:
                    if (p >= end || *p > 1)
                    {
                        Faults.Boolean(p, end);
                    }

                    p++;
                    break;
                case PlanCode.SkipFixed:
                    if (end - p < operation->A)
                    {
                        Faults.Fixed(p, operation->A, end);
                    }

                    p += operation->A;
                    break;
                case PlanCode.SkipPrefixed:
                {
                    var raw = Prefix(p, end);
                    p = raw.Next + raw.Value;
                    break;
                }

                case PlanCode.SkipEnum:
                {
                    var raw = Integer(p, end);
                    var index = VarInt.ZigZag(raw.Value);
                    if ((ulong)index >= (ulong)operation->A)
                    {
                        Faults.Enum(p, index, operation->A);
                    }

                    p = raw.Next;
                    break;
                }

                case PlanCode.SkipValue:
                    p = _program.Skipper.Skip(operation->A, p, end, operation->B);
                    break;
                case PlanCode.Boolean:
                    if (p >= end || *p > 1)
                    {
                        Faults.Boolean(p, end);
                    }

                    ((byte*)columns[operation->A].Data)[row] = *p;
                    SetValid(columns, operation, row);
                    p += 1 - operation->Stays;
                    break;
                case PlanCode.Int:
                {
                    var raw = Integer(p, end);
                    if (raw.Value > uint.MaxValue)
                    {
                        Faults.Int32(p, VarInt.ZigZag(raw.Value));
                    }

                    ((long*)columns[operation->A].Data)[row] = VarInt.ZigZag(raw.Value);
                    SetValid(columns, operation, row);
                    p = operation->Stays == 0 ? raw.Next : p;
                    break;
                }

                case PlanCode.Long:
                {
                    var raw = Integer(p, end);
                    ((long*)columns[operation->A].Data)[row] = VarInt.ZigZag(raw.Value);
                    SetValid(columns, operation, row);
                    p = operation->Stays == 0 ? raw.Next : p;
                    break;
                }

                case PlanCode.Float:
                    if (end - p < 4)
                    {
                        Faults.Fixed(p, 4, end);
                    }

                    ((double*)columns[operation->A].Data)[row] = *(float*)p;
                    SetValid(columns, operation, row);
                    p = operation->Stays == 0 ? p + 4 : p;
                    break;
                case PlanCode.Double:
                    if (end - p < 8)
                    {
                        Faults.Fixed(p, 8, end);
                    }

                    ((double*)columns[operation->A].Data)[row] = *(double*)p;
                    SetValid(columns, operation, row);
                    p = operation->Stays == 0 ? p + 8 : p;
                    break;
                case PlanCode.Text:
                {
                    var raw = Prefix(p, end);
                    var length = (long)raw.Value;
                    var target = (Utf8View*)columns[operation->A].Data + row;
                    if (!TextForms.PutAscii(target, raw.Next, length))
                    {
                        OtherText(target, raw.Next, length, operation->B, row);
                    }

                    SetValid(columns, operation, row);
                    p = operation->Stays == 0 ? raw.Next + length : p;
                    break;
                }

                case PlanCode.TextInvalid:
                {
                    var raw = Prefix(p, end);
                    var valid = System.Text.Unicode.Utf8.IsValid(new ReadOnlySpan<byte>(raw.Next, (int)raw.Value));
                    ((byte*)columns[operation->A].Data)[row] = (byte)(valid ? 0 : 1);
                    p = operation->Stays == 0 ? raw.Next + raw.Value : p;
                    break;
                }

                case PlanCode.Enum:
                {
                    var raw = Integer(p, end);
                    var index = VarInt.ZigZag(raw.Value);
                    if ((ulong)index >= (ulong)operation->C)
                    {
                        Faults.Enum(p, index, operation->C);
                    }

                    ((Utf8View*)columns[operation->A].Data)[row] = _symbols[operation->B + index];
                    SetValid(columns, operation, row);
                    p = operation->Stays == 0 ? raw.Next : p;
                    break;
                }

                case PlanCode.UuidText:
                {
                    var raw = Prefix(p, end);
                    if (raw.Value == 36 && UuidForms.TryParse(raw.Next, (ulong*)columns[operation->A].Data + (2 * row)))
                    {
                        SetValid(columns, operation, row);
                    }

                    p = operation->Stays == 0 ? raw.Next + raw.Value : p;
                    break;
                }

                case PlanCode.UuidFixed:
                    if (end - p < 16)
                    {
                        Faults.Fixed(p, 16, end);
                    }

                    UuidForms.FromBytes(p, (ulong*)columns[operation->A].Data + (2 * row));
                    SetValid(columns, operation, row);
                    p = operation->Stays == 0 ? p + 16 : p;
                    break;
                case PlanCode.DecimalPrefixed or PlanCode.DecimalFixed or PlanCode.DecimalTextPrefixed or PlanCode.DecimalTextFixed:
                    p = DecimalValue(operation, p, row);
                    break;
                case PlanCode.PutSymbol:
                    ((Utf8View*)columns[operation->A].Data)[row] = _symbols[operation->B];
                    SetValid(columns, operation, row);
                    break;
                case PlanCode.PutPresent:
                    ((byte*)columns[operation->A].Data)[row] = 1;
                    break;
            }

            operation++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetValid(ColumnVector* columns, PlanOperation* operation, long row)
    {
        if (operation->SetsValidity != 0)
        {
            columns[operation->A].Validity[row >> 6] |= 1UL << (int)row;
        }
    }

    /// <summary>An integer before its zigzag is undone, and the byte behind it, which is not beyond the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RawVarInt Integer(byte* p, byte* end)
    {
        RawVarInt raw;
        raw.Value = *p;
        raw.Next = p + 1;
        if (raw.Value >= 0x80)
        {
            raw = VarInt.Read(p);
        }

        // One comparison for both: the null of a damaged integer wraps to the greatest address.
        if ((nuint)raw.Next - 1 >= (nuint)end)
        {
            Faults.Integer(p, raw.Next, end);
        }

        return raw;
    }

    /// <summary>A length, as the value, that the block still has bytes for, and the first of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RawVarInt Prefix(byte* p, byte* end)
    {
        var raw = Integer(p, end);
        var length = raw.Value >> 1;
        if ((raw.Value & 1) != 0 || length > (ulong)(end - raw.Next))
        {
            Faults.Length(p, VarInt.ZigZag(raw.Value), end - raw.Next);
        }

        raw.Value = length;
        return raw;
    }

    /// <summary>A text that is not all ASCII: checked, and put as it is or as what can be shown of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OtherText(Utf8View* target, byte* text, long length, int invalidColumn, long row)
    {
        if (!System.Text.Unicode.Utf8.IsValid(new ReadOnlySpan<byte>(text, (int)length)))
        {
            // At worst every other byte becomes the three of U+FFFD.
            var shown = TextMemory((2 * length) + 3 + 16);
            length = TextForms.Sanitize(new ReadOnlySpan<byte>(text, (int)length), shown);
            text = shown;
            if (invalidColumn >= 0)
            {
                ((byte*)_columns[invalidColumn].Data)[row] = 1;
            }
        }

        *target = Utf8View.Of(text, (int)length);
    }
}
