using System.Text;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>Random values in Avro's binary form, with every legal form of blocks and, where wanted, texts that are no UTF-8.</summary>
internal sealed class RandomData(Random random, bool odd)
{
    private static readonly string[] Texts = ["", "a", "k", "b", "Vilnius", "žąsis", "twelve bytes", "thirteen byte", "漢字かなと長い文字列です", "\0", "sixteen bytes ..", "\uFFFD"];

    public byte[] Value(AvroSchema schema)
    {
        var bytes = new List<byte>();
        Write(schema, bytes, 0);
        return [.. bytes];
    }

    private void Write(AvroSchema schema, List<byte> to, int depth)
    {
        switch (schema)
        {
            case RecordSchema record:
                foreach (var field in record.Fields)
                {
                    Write(field.Schema, to, depth + 1);
                }

                break;
            case UnionSchema union:
                var nullAt = union.Branches.ToList().FindIndex(branch => branch.Type == AvroType.Null);
                var index = depth > 12 && nullAt >= 0 ? nullAt : random.Next(union.Branches.Count);
                to.AddRange(Bytes.Long(index));
                Write(union.Branches[index], to, depth + 1);
                break;
            case ArraySchema array:
                Items(to, depth, items => Write(array.Items, items, depth + 1));
                break;
            case MapSchema map:
                var keys = new HashSet<string>();
                Items(to, depth, items =>
                {
                    var key = Texts[random.Next(Texts.Length)];
                    while (!odd && !keys.Add(key))
                    {
                        key += "x";
                    }

                    items.AddRange(Bytes.Text(key));
                    Write(map.Values, items, depth + 1);
                });
                break;
            case EnumSchema symbols:
                to.AddRange(Bytes.Long(random.Next(symbols.Symbols.Count)));
                break;
            case FixedSchema size:
                to.AddRange(Random(size.Size));
                break;
            default:
                Primitive(schema.Type, to);
                break;
        }
    }

    private void Primitive(AvroType type, List<byte> to)
    {
        switch (type)
        {
            case AvroType.Boolean:
                to.Add((byte)random.Next(2));
                break;
            case AvroType.Int:
                to.AddRange(Bytes.Long(random.Next(4) switch { 0 => random.Next(64), 1 => int.MinValue, 2 => int.MaxValue, _ => random.Next(int.MinValue, int.MaxValue) }));
                break;
            case AvroType.Long:
                to.AddRange(Bytes.Long(random.Next(4) switch { 0 => random.Next(64), 1 => long.MinValue, 2 => long.MaxValue, _ => random.NextInt64() >> random.Next(60) }));
                break;
            case AvroType.Float:
                to.AddRange(random.Next(5) == 0 ? BitConverter.GetBytes(float.NaN) : BitConverter.GetBytes((float)random.NextDouble()));
                break;
            case AvroType.Double:
                to.AddRange(random.Next(5) == 0 ? BitConverter.GetBytes(double.NegativeInfinity) : BitConverter.GetBytes(random.NextDouble()));
                break;
            case AvroType.Bytes:
                to.AddRange(Bytes.Prefixed(Random(random.Next(24))));
                break;
            case AvroType.String:
                to.AddRange(Bytes.Prefixed(Text()));
                break;
        }
    }

    private byte[] Text() => random.Next(odd ? 5 : 4) switch
    {
        0 => Encoding.UTF8.GetBytes(Guid.NewGuidFrom(random).ToString(random.Next(3) == 0 ? "N" : "D")),
        1 => Encoding.UTF8.GetBytes(new string('x', random.Next(100))),
        4 => [.. Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]), .. Random(random.Next(8)), .. "\uFFFD\uFFFDend"u8],
        _ => Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]),
    };

    private void Items(List<byte> to, int depth, Action<List<byte>> item)
    {
        for (var blocks = depth > 8 ? 0 : random.Next(3); blocks > 0; blocks--)
        {
            var count = random.Next(1, 4);
            var items = new List<byte>();
            for (var i = 0; i < count; i++)
            {
                item(items);
            }

            to.AddRange(random.Next(2) == 0 ? Bytes.Long(count) : [.. Bytes.Long(-count), .. Bytes.Long(items.Count)]);
            to.AddRange(items);
        }

        to.Add(0);
    }

    private byte[] Random(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}

internal static class SeededGuids
{
    extension(Guid)
    {
        public static Guid NewGuidFrom(Random random)
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }
}
