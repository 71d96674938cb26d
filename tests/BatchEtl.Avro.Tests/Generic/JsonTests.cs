using BatchEtl.Avro.Container;
using BatchEtl.Avro.Generic;

namespace BatchEtl.Avro.Tests;

public sealed class JsonTests
{
    private const string Schema = """
        {"type":"record","name":"n.R","fields":[
          {"name":"u","type":["null","string",{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}]},
          {"name":"b","type":"bytes"}, {"name":"d","type":"double"}, {"name":"f","type":"float"}, {"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}},
          {"name":"m","type":{"type":"map","values":["null","long"]}}, {"name":"a","type":{"type":"array","items":"boolean"}}, {"name":"t","type":"string"}]}
        """;

    [Test]
    public void Avros_encoding_and_the_plain_one()
    {
        var source = new FileBytes(Schema).Block(1,
            Bytes.Long(2), Bytes.Long(7), Bytes.Prefixed(0xFF, 0x41), Bytes.Double(double.NegativeInfinity), BitConverter.GetBytes(0.1f), Bytes.Long(0),
            Bytes.Long(2), Bytes.Text("k"), Bytes.Long(1), Bytes.Long(long.MinValue), Bytes.Text("ž"), Bytes.Long(0), [0], Bytes.Long(1), [1], [0], Bytes.Text("ąč \"<\n")).Source();
        using var reader = new GenericReader(source, AvroFileHeader.Read(source)!);
        var value = reader.ReadAll().Single();
        Assert.Multiple(() =>
        {
            Assert.That(AvroJson.Text(reader.Schema, value), Is.EqualTo(
                """{"u":{"n.S":{"x":7}},"b":"ÿA","d":"-Infinity","f":0.1,"e":"A","m":{"k":{"long":-9223372036854775808},"ž":null},"a":[true],"t":"ąč \"<\n"}"""));
            Assert.That(AvroJson.Text(reader.Schema, value, plain: true), Is.EqualTo(
                """{"u":{"x":7},"b":"ÿA","d":"-Infinity","f":0.1,"e":"A","m":{"k":-9223372036854775808,"ž":null},"a":[true],"t":"ąč \"<\n"}"""));
        });
    }
}
