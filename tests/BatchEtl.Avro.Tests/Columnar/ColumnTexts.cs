using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>Reads columns and shows each value as a text, null as null.</summary>
internal static unsafe class ColumnTexts
{
    public static List<string?[]> Read(
        AvroSource source, AvroFileHeader header, IReadOnlyList<LeafColumn> columns, int capacity, AvroFileIndex? index = null, int limit = int.MaxValue)
    {
        index ??= AvroFileIndex.Build(source, header, splitBytes: 20_000);
        using var reader = new ColumnarReader(new ColumnPlan(header.Schema, columns));
        var rows = new List<string?[]>();
        var vectors = (ColumnVector*)NativeMemory.Alloc((nuint)(columns.Count + 1), (nuint)sizeof(ColumnVector));
        var numbers = (long*)NativeMemory.Alloc((nuint)capacity, 8);
        for (var i = 0; i < columns.Count; i++)
        {
            vectors[i].Data = NativeMemory.Alloc((nuint)capacity, 16);
            vectors[i].Validity = (ulong*)NativeMemory.Alloc((nuint)((capacity + 63) / 64), 8);
        }

        try
        {
            foreach (var split in index.Splits)
            {
                reader.Open(source.Name, source, header, split);
                long expected = split.FirstRecord;
                int read;
                while ((read = reader.Read(vectors, numbers, capacity)) > 0)
                {
                    if (rows.Count >= limit)
                    {
                        return rows;
                    }

                    for (var row = 0; row < read; row++)
                    {
                        Assert.That(numbers[row], Is.EqualTo(expected++));
                        var texts = new string?[columns.Count];
                        for (var i = 0; i < texts.Length; i++)
                        {
                            texts[i] = (vectors[i].Validity[row >> 6] >> (row & 63) & 1) == 0 ? null : Text(columns[i].Kind, vectors[i].Data, row);
                        }

                        rows.Add(texts);
                    }
                }

                Assert.That(expected, Is.EqualTo(split.FirstRecord + split.Records));
            }

            return rows;
        }
        finally
        {
            for (var i = 0; i < columns.Count; i++)
            {
                NativeMemory.Free(vectors[i].Data);
                NativeMemory.Free(vectors[i].Validity);
            }

            NativeMemory.Free(vectors);
            NativeMemory.Free(numbers);
        }
    }

    public static string Shown(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value).ToString("x16", CultureInfo.InvariantCulture);

    private static string Text(LeafKind kind, void* data, int row)
    {
        switch (kind)
        {
            case LeafKind.Boolean or LeafKind.Present or LeafKind.TextInvalid:
                return ((byte*)data)[row] switch { 0 => "false", 1 => "true", var other => $"byte {other}" };
            case LeafKind.Int64:
                return ((long*)data)[row].ToString(CultureInfo.InvariantCulture);
            case LeafKind.Double:
                return Shown(((double*)data)[row]);
            case LeafKind.Uuid:
                var low = ((ulong*)data)[2 * row];
                var high = ((ulong*)data)[(2 * row) + 1] ^ (1UL << 63);
                var hex = $"{high:x16}{low:x16}";
                return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
            case LeafKind.Decimal:
                return ((Int128*)data)[row].ToString(CultureInfo.InvariantCulture);
            default:
                var view = (Utf8View*)data + row;
                if (view->Length <= 12)
                {
                    Assert.That(new ReadOnlySpan<byte>((byte*)view + 4 + view->Length, 12 - view->Length).IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
                }
                else
                {
                    Assert.That(new ReadOnlySpan<byte>((byte*)view + 4, 4).SequenceEqual(Utf8View.Bytes(view)[..4]));
                }

                return Encoding.UTF8.GetString(Utf8View.Bytes(view));
        }
    }
}
