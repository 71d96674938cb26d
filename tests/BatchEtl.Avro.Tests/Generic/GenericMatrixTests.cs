using System.Globalization;
using System.Numerics;
using System.Text.Json;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Generic;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>Files of other implementations through the generic reader.</summary>
public sealed class GenericMatrixTests
{
    [TestCaseSource(typeof(SharedFiles), nameof(SharedFiles.Matrix))]
    public void Every_record_reads_as_its_truth_says(MatrixFile file)
    {
        using var source = AvroSource.OpenFile(file.Path);
        var header = AvroFileHeader.Read(source)!;
        var truth = file.Truth();

        // By the writer's schema, and resolved to the same schema read once more.
        foreach (var schema in new[] { null, AvroSchema.Parse(header.SchemaJson) })
        {
            using var reader = new GenericReader(source, header, schema);
            var row = 0;
            foreach (var value in reader.ReadAll())
            {
                Compare(reader.Schema, value, truth[row], $"record {row}");
                Assert.That(() => JsonDocument.Parse(AvroJson.Text(reader.Schema, value), new() { MaxDepth = 3000 }), Throws.Nothing);
                row++;
            }

            Assert.That(row, Is.EqualTo(file.Records));
        }
    }

    [TestCaseSource(typeof(SharedFiles), nameof(SharedFiles.Matrix))]
    public void The_verified_index_counts_them(MatrixFile file)
    {
        using var source = AvroSource.OpenFile(file.Path);
        var header = AvroFileHeader.Read(source)!;
        long next = 0;
        var index = AvroFileIndex.Build(source, header, verify: true, skipDamage: true, visit: block =>
        {
            Assert.That(block.FirstRecord, Is.EqualTo(next));
            next += block.Records;
        });
        Assert.Multiple(() =>
        {
            Assert.That(index.Records, Is.EqualTo(file.Records));
            Assert.That(next, Is.EqualTo(file.Records));
            Assert.That(index.Damage, Is.Empty);
            Assert.That(index.Splits.Sum(split => split.Records), Is.EqualTo(file.Records));
            Assert.That(AvroFileIndex.Build(source, header).Splits, Is.EqualTo(index.Splits));
        });
    }

    private static void Compare(AvroSchema schema, object? value, JsonElement truth, string at)
    {
        switch (schema)
        {
            case UnionSchema union:
                var (branch, held) = ProjectedLeaf.Held(union, truth);
                Assert.That(AvroJson.Branch(union, value), Is.SameAs(branch), at);
                Compare(branch, value, held, at);
                break;
            case RecordSchema record:
                foreach (var field in record.Fields)
                {
                    Compare(field.Schema, ((AvroRecord)value!)[field.Name], truth.GetProperty(field.Name), at + "." + field.Name);
                }

                break;
            case ArraySchema array:
                var items = (IReadOnlyList<object?>)value!;
                Assert.That(items, Has.Count.EqualTo(truth.GetArrayLength()), at);
                for (var i = 0; i < items.Count; i++)
                {
                    Compare(array.Items, items[i], truth[i], $"{at}[{i}]");
                }

                break;
            case MapSchema map:
                var entries = (IReadOnlyDictionary<string, object?>)value!;
                Assert.That(entries, Has.Count.EqualTo(truth.EnumerateObject().Count()), at);
                foreach (var property in truth.EnumerateObject())
                {
                    Compare(map.Values, entries[property.Name], property.Value, $"{at}['{property.Name}']");
                }

                break;
            default:
                Assert.That(Shown(schema, value), Is.EqualTo(Shown(truth, schema)), at);
                break;
        }
    }

    private static string Shown(JsonElement truth, AvroSchema schema) => schema.Type switch
    {
        AvroType.Float or AvroType.Double => ColumnTexts.Shown(ProjectedLeaf.Number(truth)),
        _ => truth.ValueKind == JsonValueKind.String ? truth.GetString()! : truth.GetRawText(),
    };

    private static string Shown(AvroSchema schema, object? value)
    {
        switch (value)
        {
            case null:
                return "null";
            case bool truth:
                return truth ? "true" : "false";
            case float number:
                return ColumnTexts.Shown(number);
            case double number:
                return ColumnTexts.Shown(number);
            case AvroEnum symbol:
                return symbol.Symbol;
            case byte[] or AvroFixed:
                var bytes = value is AvroFixed fix ? fix.Bytes.ToArray() : (byte[])value;
                return schema.Logical?.Kind switch
                {
                    LogicalKind.Decimal => Decimal(bytes, schema.Logical.Scale),
                    LogicalKind.Uuid => new Guid(bytes, bigEndian: true).ToString("D"),
                    LogicalKind.Duration => $"{{\"months\":{BitConverter.ToUInt32(bytes, 0)},\"days\":{BitConverter.ToUInt32(bytes, 4)},\"millis\":{BitConverter.ToUInt32(bytes, 8)}}}",
                    _ => Convert.ToBase64String(bytes),
                };
            case string text when schema.Logical?.Kind == LogicalKind.Uuid && Guid.TryParseExact(text, "D", out var guid):
                return guid.ToString("D");
            default:
                return Convert.ToString(value, CultureInfo.InvariantCulture)!;
        }
    }

    private static string Decimal(byte[] bytes, int scale)
    {
        var unscaled = new BigInteger(bytes, isBigEndian: true);
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (unscaled.Sign < 0 ? "-" : "") + digits[..^scale] + (scale > 0 ? "." + digits[^scale..] : "");
    }
}
