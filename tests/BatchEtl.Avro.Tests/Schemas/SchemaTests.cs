using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

public sealed class SchemaTests
{
    [TestCase("nope", "not valid JSON")]
    [TestCase("\"Nope\"", "neither primitive nor defined")]
    [TestCase("5", "a name, an object or an array")]
    [TestCase("{}", "no 'type'")]
    [TestCase("""{"type":"record","fields":[]}""", "no name")]
    [TestCase("""{"type":"record","name":"R"}""", "no 'fields'")]
    [TestCase("""{"type":"record","name":"R","fields":{}}""", "no array")]
    [TestCase("""{"type":"record","name":"R","fields":[{"name":"a"}]}""", "no 'type'")]
    [TestCase("""{"type":"record","name":"R","fields":[{"type":"int"}]}""", "no name")]
    [TestCase("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""", "two fields 'a'")]
    [TestCase("""{"type":"record","name":"R","fields":[{"name":"a-b","type":"int"}]}""", "no name for")]
    [TestCase("""{"type":"record","name":"1R","fields":[]}""", "no name for")]
    [TestCase("""{"type":"record","name":"R","namespace":"a..b","fields":[]}""", "no name for")]
    [TestCase("""{"type":"record","name":"int","fields":[]}""", "as a primitive type is")]
    [TestCase("""{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"R","symbols":["A"]}}]}""", "defined twice")]
    [TestCase("""{"type":"enum","name":"E"}""", "no 'symbols'")]
    [TestCase("""{"type":"enum","name":"E","symbols":["A","A"]}""", "twice")]
    [TestCase("""{"type":"enum","name":"E","symbols":["A B"]}""", "no name for")]
    [TestCase("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""", "none of its symbols")]
    [TestCase("""{"type":"enum","name":"E","symbols":"A"}""", "no array of strings")]
    [TestCase("""{"type":"fixed","name":"F"}""", "no 'size'")]
    [TestCase("""{"type":"fixed","name":"F","size":-1}""", "no integer")]
    [TestCase("""{"type":"fixed","name":"F","size":"4"}""", "no integer")]
    [TestCase("""{"type":"array"}""", "no 'items'")]
    [TestCase("""{"type":"map"}""", "no 'values'")]
    [TestCase("""["int","int"]""", "'int' twice")]
    [TestCase("""["null",["int"]]""", "a union holds a union")]
    [TestCase("""[{"type":"array","items":"int"},{"type":"array","items":"long"}]""", "'array' twice")]
    [TestCase("""{"type":"record","name":"a.R","fields":[{"name":"x","type":"b.R"}]}""", "neither primitive nor defined")]
    [TestCase("\"\\ud800\"", "no Unicode")]
    public void Bad_schemas_say_why(string json, string reason) =>
        Assert.That(() => AvroSchema.Parse(json), Throws.TypeOf<AvroSchemaException>().With.Message.Contains(reason).IgnoreCase);

    [Test]
    public void Schemas_nested_beyond_reason_are_refused()
    {
        var json = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 5000)) + "\"int\"" + new string('}', 5000);
        Assert.That(() => AvroSchema.Parse(json), Throws.TypeOf<AvroSchemaException>());
    }

    [Test]
    public void Names_are_found_in_their_namespace_first()
    {
        var record = (RecordSchema)AvroSchema.Parse("""
            {"type":"record","name":"R","namespace":"a","aliases":["Old","c.Older"],"fields":[
              {"name":"x","type":{"type":"fixed","name":"F","size":1}},
              {"name":"y","type":{"type":"record","name":"b.S","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":2}}, {"name":"g","type":"F"}]}},
              {"name":"z","type":"F"}, {"name":"w","type":"b.F"}, {"name":"v","type":{"type":"b.S"}}]}
            """);
        Assert.Multiple(() =>
        {
            Assert.That(record.FullName, Is.EqualTo("a.R"));
            Assert.That(record.Aliases, Is.EqualTo(new[] { "a.Old", "c.Older" }));
            Assert.That(record.Fields[2].Schema, Is.SameAs(record.Fields[0].Schema));
            var inner = (RecordSchema)record.Fields[1].Schema;
            Assert.That(((FixedSchema)inner.Fields[1].Schema).Size, Is.EqualTo(2));
            Assert.That(record.Fields[3].Schema, Is.SameAs(inner.Fields[0].Schema));
            Assert.That(record.Fields[4].Schema, Is.SameAs(inner));
        });
    }

    [Test]
    public void Types_may_be_wrapped()
    {
        var record = (RecordSchema)AvroSchema.Parse("""
            {"type":"record","name":"R","fields":[
              {"name":"a","type":{"type":{"type":"string"}}},
              {"name":"b","type":{"type":{"type":"long"},"logicalType":"timestamp-micros"}},
              {"name":"c","type":{"type":{"type":"long","logicalType":"timestamp-millis"}}},
              {"name":"d","type":{"type":["null","int"]}},
              {"name":"e","type":"long","logicalType":"timestamp-millis"}]}
            """);
        Assert.That(record.Fields.Select(field => (field.Schema.Type, field.Schema.Logical?.Kind)), Is.EqualTo(new (AvroType, LogicalKind?)[]
        {
            (AvroType.String, null), (AvroType.Long, LogicalKind.TimestampMicros), (AvroType.Long, LogicalKind.TimestampMillis),
            (AvroType.Union, null), (AvroType.Long, null),
        }));
    }

    [TestCase("""{"type":"bytes","logicalType":"decimal","precision":5}""", 5, 0)]
    [TestCase("""{"type":"bytes","logicalType":"decimal","precision":5,"scale":5}""", 5, 5)]
    [TestCase("""{"type":"fixed","name":"F","size":16,"logicalType":"decimal","precision":38,"scale":2}""", 38, 2)]
    [TestCase("""{"type":"fixed","name":"F","size":1,"logicalType":"decimal","precision":2}""", 2, 0)]
    public void Valid_decimals(string json, int precision, int scale) =>
        Assert.That(AvroSchema.Parse(json).Logical, Is.EqualTo(new LogicalType(LogicalKind.Decimal, precision, scale)));

    [TestCase("""{"type":"bytes","logicalType":"decimal"}""")]
    [TestCase("""{"type":"bytes","logicalType":"decimal","precision":0}""")]
    [TestCase("""{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}""")]
    [TestCase("""{"type":"bytes","logicalType":"decimal","precision":2,"scale":-1}""")]
    [TestCase("""{"type":"bytes","logicalType":"decimal","precision":"2"}""")]
    [TestCase("""{"type":"fixed","name":"F","size":1,"logicalType":"decimal","precision":3}""")]
    [TestCase("""{"type":"fixed","name":"F","size":16,"logicalType":"decimal","precision":39}""")]
    [TestCase("""{"type":"fixed","name":"F","size":15,"logicalType":"uuid"}""")]
    [TestCase("""{"type":"fixed","name":"F","size":16,"logicalType":"duration"}""")]
    [TestCase("""{"type":"string","logicalType":"date"}""")]
    [TestCase("""{"type":"int","logicalType":"timestamp-millis"}""")]
    [TestCase("""{"type":"long","logicalType":"time-millis"}""")]
    [TestCase("""{"type":"long","logicalType":7}""")]
    public void Invalid_logical_types_are_ignored(string json) => Assert.That(AvroSchema.Parse(json).Logical, Is.Null);

    [Test]
    public void Recursion_is_known()
    {
        var record = (RecordSchema)AvroSchema.Parse("""
            {"type":"record","name":"Outer","fields":[
              {"name":"n","type":{"type":"record","name":"A","fields":[{"name":"b","type":["null",{"type":"record","name":"B","fields":[{"name":"as","type":{"type":"map","values":"A"}}]}]}]}},
              {"name":"p","type":{"type":"record","name":"Plain","fields":[{"name":"x","type":"int"}]}}, {"name":"q","type":"Plain"}]}
            """);
        Assert.Multiple(() =>
        {
            Assert.That(record.IsRecursive, Is.False);
            Assert.That(((RecordSchema)record.Fields[0].Schema).IsRecursive, Is.True);
            Assert.That(((RecordSchema)record.Fields[1].Schema).IsRecursive, Is.False);
        });
    }
}
