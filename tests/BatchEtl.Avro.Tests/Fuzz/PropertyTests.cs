using System.Globalization;
using System.Numerics;
using System.Text;
using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Container;
using BatchEtl.Avro.Generic;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>Random schemas and data: our readers against Apache.Avro's, and against each other.</summary>
public sealed class PropertyTests
{
    private const int Records = 20;

    [Test]
    public void The_generic_reader_equals_Apache_Avro([Range(1, 8)] int round)
    {
        for (var seed = round * 1000; seed < (round * 1000) + 40; seed++)
        {
            var file = Make(seed, odd: false, out var schema);
            var theirs = new List<object>();
            using (var reader = global::Avro.File.DataFileReader<global::Avro.Generic.GenericRecord>.OpenReader(new MemoryStream(file)))
            {
                theirs.AddRange(reader.NextEntries);
            }

            Assert.That(Ours(file), Is.EqualTo(theirs.ConvertAll(ShownValues.Shown)), $"seed {seed}: {schema}");

            // And once more as Apache.Avro writes them.
            using var rewritten = new MemoryStream();
            var parsed = global::Avro.Schema.Parse(schema);
            using (var writer = global::Avro.File.DataFileWriter<global::Avro.Generic.GenericRecord>.OpenWriter(
                new global::Avro.Generic.GenericDatumWriter<global::Avro.Generic.GenericRecord>(parsed), rewritten,
                global::Avro.File.Codec.CreateCodec(seed % 2 == 0 ? global::Avro.File.Codec.Type.Deflate : global::Avro.File.Codec.Type.Null)))
            {
                foreach (var record in theirs.Cast<global::Avro.Generic.GenericRecord>())
                {
                    writer.Append(record);
                }
            }

            Assert.That(Ours(rewritten.ToArray()), Is.EqualTo(theirs.ConvertAll(ShownValues.Shown)), $"seed {seed}, rewritten: {schema}");
        }
    }

    [Test]
    public void Resolution_equals_Apache_Avros([Range(1, 8)] int round)
    {
        var compared = 0;
        for (var seed = round * 1000; seed < (round * 1000) + 60; seed++)
        {
            var file = Make(seed, odd: false, out var writer);
            var schema = new RandomReaders(new Random(seed)).Reader(writer);
            var source = AvroSource.Of("random.avro", file);
            using var ours = new GenericReader(source, AvroFileHeader.Read(source)!, AvroSchema.Parse(schema));
            var values = ours.ReadAll().Select(ShownValues.Shown).ToList();
            Assert.That(values, Has.Count.EqualTo(Records));
            List<string> theirs;
            try
            {
                using var reader = global::Avro.File.DataFileReader<global::Avro.Generic.GenericRecord>.OpenReader(new MemoryStream(file), global::Avro.Schema.Parse(schema));
                theirs = reader.NextEntries.Select(ShownValues.Shown).ToList();
            }
            catch (global::Avro.AvroException)
            {
                continue;
            }

            compared++;
            Assert.That(values, Is.EqualTo(theirs), $"seed {seed}: {writer} read as {schema}");
        }

        TestContext.Out.WriteLine($"{compared} of 60 compared");
        Assert.That(compared, Is.GreaterThan(20));
    }

    [Test]
    public void The_columnar_reader_equals_the_generic_one([Range(1, 8)] int round)
    {
        for (var seed = round * 1000; seed < (round * 1000) + 60; seed++)
        {
            var source = AvroSource.Of("random.avro", Make(seed, odd: true, out var schema));
            var header = AvroFileHeader.Read(source)!;
            using var reader = new GenericReader(source, header);
            var values = reader.ReadAll().ToList();
            var columns = ProjectedLeaf.All(header.Schema, ["a", "k", "žąsis", ""]).ConvertAll(leaf => leaf.Column);
            var random = new Random(seed);
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns));
            columns = [.. columns.Take(seed % 3 == 0 ? 300 : 7)];
            var rows = ColumnTexts.Read(source, header, columns, random.Next(1, 30));
            Assert.That(rows, Has.Count.EqualTo(values.Count));
            for (var row = 0; row < rows.Count; row++)
            {
                for (var i = 0; i < columns.Count; i++)
                {
                    var expected = Expected(columns[i], header.Schema, values[row]);
                    if (rows[row][i] != expected)
                    {
                        Assert.Fail($"Seed {seed}, record {row}, {columns[i].Kind} of {string.Join(" / ", columns[i].Sources[0].Steps)}: '{rows[row][i]}' instead of '{expected}'. {schema}");
                    }
                }
            }

            var verified = AvroFileIndex.Build(source, header, verify: true, skipDamage: true);
            Assert.That((verified.Records, verified.Damage.Count), Is.EqualTo((Records, 0)));
        }
    }

    internal static byte[] Make(int seed, bool odd, out string schema)
    {
        var random = new Random(seed);
        schema = new RandomSchemas(random, logical: odd).Record();
        var parsed = AvroSchema.Parse(schema);
        var data = new RandomData(random, odd);
        var file = new FileBytes(schema);
        for (var left = Records; left > 0;)
        {
            // Apache.Avro takes a block of no records for the file's end.
            var count = Math.Min(left, random.Next(odd ? 0 : 1, 8));
            file.Block(count, [.. Enumerable.Range(0, count).Select(_ => data.Value(parsed))]);
            left -= count;
        }

        return file.ToArray();
    }

    private static List<string> Ours(byte[] file)
    {
        var source = AvroSource.Of("random.avro", file);
        using var reader = new GenericReader(source, AvroFileHeader.Read(source)!);
        return [.. reader.ReadAll().Select(ShownValues.Shown)];
    }

    private static string? Expected(LeafColumn column, AvroSchema schema, object? value)
    {
        var found = true;
        foreach (var step in column.Sources[0].Steps)
        {
            (schema, value, found) = Step(step, schema, value);
            if (!found)
            {
                return column.Kind is LeafKind.Present or LeafKind.TextInvalid ? "false" : null;
            }
        }

        switch (column.Kind)
        {
            case LeafKind.Present:
                return value is null ? "false" : "true";
            case LeafKind.Branch:
                return AvroJson.Branch((UnionSchema)schema, value) is NamedSchema named ? named.Name : null;
            case LeafKind.TextInvalid:
                // What was replaced cannot be seen in a string; that it was is told by the text's tests.
                return value is string marked && marked.EndsWith("\uFFFDend", StringComparison.Ordinal) && Invalid(marked) ? "true" : "false";
            case LeafKind.Uuid:
                return value switch
                {
                    AvroFixed bytes => new Guid(bytes.Bytes.Span, bigEndian: true).ToString("D"),
                    string text when Guid.TryParseExact(text, "D", out var guid) => guid.ToString("D"),
                    _ => null,
                };
            case LeafKind.Decimal or LeafKind.DecimalText:
                var unscaled = new BigInteger(value is AvroFixed fix ? fix.Bytes.Span : (byte[])value!, isBigEndian: true);
                if (column.Kind == LeafKind.Decimal)
                {
                    return BigInteger.Abs(unscaled) < BigInteger.Pow(10, 38) ? unscaled.ToString(CultureInfo.InvariantCulture) : null;
                }

                var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(schema.Logical!.Scale + 1, '0');
                return (unscaled.Sign < 0 ? "-" : "") + digits[..^schema.Logical.Scale] + (schema.Logical.Scale > 0 ? "." + digits[^schema.Logical.Scale..] : "");
            default:
                return value switch
                {
                    bool truth => truth ? "true" : "false",
                    float number => ColumnTexts.Shown(number),
                    double number => ColumnTexts.Shown(number),
                    AvroEnum symbol => symbol.Symbol,
                    _ => Convert.ToString(value, CultureInfo.InvariantCulture),
                };
        }
    }

    /// <summary>A valid text keeps its two U+FFFD before "end"; of an invalid one they are a single one.</summary>
    private static bool Invalid(string text) => !text.EndsWith("\uFFFD\uFFFDend", StringComparison.Ordinal);

    private static (AvroSchema Schema, object? Value, bool Found) Step(LeafStep step, AvroSchema schema, object? value)
    {
        switch (step, schema, value)
        {
            case (FieldStep field, RecordSchema type, AvroRecord record):
                return (type.Field(field.Name)!.Schema, record[field.Name], true);
            case (BranchStep branch, UnionSchema union, _):
                return (union.Branches[branch.Index], value, AvroJson.Branch(union, value) == union.Branches[branch.Index]);
            case (MapEntryStep entry, MapSchema map, IReadOnlyDictionary<string, object?> entries):
                return (map.Values, entries.GetValueOrDefault(entry.Key), entries.ContainsKey(entry.Key));
            case (KeyedElementStep element, ArraySchema array, IReadOnlyList<object?> items):
                foreach (var item in items)
                {
                    if (item is AvroRecord record && record.Schema.Field(element.KeyField) is not null
                        && record[element.KeyField] is var key && (key as string ?? (key as AvroEnum)?.Symbol) == element.Key)
                    {
                        return (array.Items, item, true);
                    }
                }

                return (array.Items, null, false);
            default:
                throw new ArgumentException($"{step} in {schema}");
        }
    }
}
