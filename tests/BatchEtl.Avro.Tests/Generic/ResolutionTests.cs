using BatchEtl.Avro.Container;
using BatchEtl.Avro.Generic;
using BatchEtl.Avro.Schemas;

namespace BatchEtl.Avro.Tests;

/// <summary>Avro 1.12, "Schema Resolution", rule by rule.</summary>
public sealed class ResolutionTests
{
    private static readonly byte[] Seven = Bytes.Long(7);

    private static IEnumerable<TestCaseData> Read()
    {
        yield return Case("int to long", "\"int\"", "\"long\"", "l7", Seven);
        yield return Case("int to float", "\"int\"", "\"float\"", ShownValues.Shown(7f), Seven);
        yield return Case("int to double", "\"int\"", "\"double\"", ShownValues.Shown(7d), Seven);
        yield return Case("long to float", "\"long\"", "\"float\"", ShownValues.Shown(7f), Seven);
        yield return Case("long to double", "\"long\"", "\"double\"", ShownValues.Shown(7d), Seven);
        yield return Case("float to double", "\"float\"", "\"double\"", ShownValues.Shown((double)0.1f), BitConverter.GetBytes(0.1f));
        yield return Case("string to bytes", "\"string\"", "\"bytes\"", "b6B", Bytes.Text("k"));
        yield return Case("bytes to string", "\"bytes\"", "\"string\"", "\"k\"", Bytes.Text("k"));
        yield return Case("array items", Array("\"int\""), Array("\"long\""), "[l7]", Bytes.Long(1), Seven, [0]);
        yield return Case("map values", Map("\"int\""), Map("\"double\""), $"{{k={ShownValues.Shown(7d)}}}", Bytes.Long(1), Bytes.Text("k"), Seven, [0]);
        yield return Case("into a union", "\"int\"", "[\"null\",\"long\"]", "l7", Seven);
        yield return Case("into a union, the very type first", "\"int\"", "[\"float\",\"long\",\"int\"]", "i7", Seven);
        yield return Case("into a union, else the first that matches", "\"int\"", "[\"string\",\"double\",\"long\"]", ShownValues.Shown(7d), Seven);
        yield return Case("out of a union", "[\"null\",\"int\"]", "\"long\"", "l7", Bytes.Long(1), Seven);
        yield return Case("union to union", "[\"null\",\"int\",\"string\"]", "[\"string\",\"long\"]", "l7", Bytes.Long(1), Seven);
        yield return Case("enum of more symbols", Enum("A", "B"), Enum("X", "B", "A"), "E.B", Bytes.Long(1));
        yield return Case("enum default", Enum("A", "Z"), """{"type":"enum","name":"E","symbols":["A","U"],"default":"U"}""", "E.U", Bytes.Long(1));
        yield return Case("enum in another namespace", Enum("A"), """{"type":"enum","name":"n.E","symbols":["A"]}""", "E.A", Bytes.Long(0));
        yield return Case("enum by alias", Enum("A"), """{"type":"enum","name":"N","aliases":["E"],"symbols":["A"]}""", "N.A", Bytes.Long(0));
        yield return Case("fixed", Fixed("F", 2), Fixed("n.F", 2), "F.0102", [1, 2]);
        yield return Case("fields by name, order aside", Record("R", Field("a", "\"int\""), Field("b", "\"string\"")), Record("R", Field("b", "\"string\""), Field("a", "\"long\"")), "R(b:\"k\",a:l7)", Seven, Bytes.Text("k"));
        yield return Case("a field less", Record("R", Field("x", Array("\"int\"")), Field("a", "\"int\"")), Record("R", Field("a", "\"int\"")), "R(a:i7)", Bytes.Long(1), Seven, [0], Seven);
        yield return Case("a field more", Record("R", Field("a", "\"int\"")), Record("R", Field("a", "\"int\""), Field("b", "\"string\"", "\"z\"")), "R(a:i7,b:\"z\")", Seven);
        yield return Case("a field's alias", Record("R", Field("old", "\"int\"")), Record("R", """{"name":"a","type":"int","aliases":["old"]}"""), "R(a:i7)", Seven);
        yield return Case("a record's alias", Record("Old", Field("a", "\"int\"")), """{"type":"record","name":"n.R","aliases":["Old"],"fields":[{"name":"a","type":"int"}]}""", "R(a:i7)", Seven);
        yield return Case("records of other namespaces", Record("x.R", Field("a", "\"int\"")), Record("y.R", Field("a", "\"int\"")), "R(a:i7)", Seven);
        foreach (var (type, json, shown) in new[]
        {
            ("\"null\"", "null", "null"), ("\"boolean\"", "true", "true"), ("\"int\"", "5", "i5"), ("\"long\"", "5", "l5"), ("\"float\"", "1", ShownValues.Shown(1f)),
            ("\"double\"", "1e-3", ShownValues.Shown(1e-3)), ("\"double\"", "\"NaN\"", ShownValues.Shown(double.NaN)), ("\"bytes\"", "\"\\u00ff\\u0000\"", "bFF00"), (Fixed("F", 2), "\"\\u00ffA\"", "F.FF41"),
            (Enum("A", "B"), "\"B\"", "E.B"), (Array("\"int\""), "[1,2]", "[i1,i2]"), (Map("\"long\""), """{"k":7}""", "{k=l7}"),
            ("[\"null\",\"string\"]", "null", "null"), ("[\"int\",\"string\"]", "\"s\"", "\"s\""), (Record("Q", Field("p", "\"int\""), Field("q", "\"string\"", "\"z\"")), """{"p":3}""", "Q(p:i3,q:\"z\")"),
        })
        {
            yield return Case($"default {json} of {type}", Record("R", Field("a", "\"int\"")), Record("R", Field("b", type, json)), $"R(b:{shown})", Seven);
        }

        yield return Case("a recursive record", Record("N", Field("v", "\"int\""), Field("n", "[\"null\",\"N\"]")), Record("N", Field("n", "[\"N\",\"null\"]"), Field("v", "\"long\"")), "N(n:N(n:null,v:l7),v:l7)", Seven, Bytes.Long(1), Seven, Bytes.Long(0));

        static TestCaseData Case(string name, string writer, string reader, string expected, params byte[][] data) =>
            new TestCaseData(writer, reader, expected, data).SetName("{m}: " + name);
    }

    [TestCaseSource(nameof(Read))]
    public void Resolves(string writer, string reader, string expected, byte[][] data)
    {
        var source = new FileBytes(writer).Block(1, data).Source();
        using var values = new GenericReader(source, AvroFileHeader.Read(source)!, AvroSchema.Parse(reader));
        Assert.That(ShownValues.Shown(values.ReadAll().Single()), Is.EqualTo(expected));
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("\"long\"", "\"int\"");
        yield return Case("\"double\"", "\"float\"");
        yield return Case("\"int\"", "\"string\"");
        yield return Case("\"int\"", "[\"null\",\"string\"]");
        yield return Case(Array("\"int\""), Array("\"string\""));
        yield return Case(Fixed("F", 2), Fixed("F", 3));
        yield return Case(Fixed("F", 2), Fixed("G", 2));
        yield return Case(Enum("A"), """{"type":"enum","name":"D","symbols":["A"]}""");
        yield return Case(Record("R", Field("a", "\"int\"")), Record("S", Field("a", "\"int\"")));
        yield return Case(Record("R", Field("a", "\"int\"")), Record("R", Field("b", "\"int\"")));
        yield return Case(Record("R", Field("a", "\"int\"")), Record("R", Field("b", "\"int\"", "\"five\"")));
        yield return Case(Record("R"), Record("R", Field("b", Fixed("F", 2), "\"A\"")));
        yield return Case("""{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}""", """{"type":"bytes","logicalType":"decimal","precision":5,"scale":3}""");

        static TestCaseData Case(string writer, string reader) => new(writer, reader);
    }

    [TestCaseSource(nameof(Refused))]
    public void Refuses_at_once(string writer, string reader)
    {
        var source = new FileBytes(writer).Source();
        Assert.That(() => new GenericReader(source, AvroFileHeader.Read(source)!, AvroSchema.Parse(reader)), Throws.TypeOf<AvroSchemaException>());
    }

    [Test]
    public void A_branch_without_a_place_is_an_error_only_when_it_comes()
    {
        var source = new FileBytes("[\"null\",\"int\"]").Block(2, Bytes.Long(1), Seven, Bytes.Long(0)).Source();
        using var reader = new GenericReader(source, AvroFileHeader.Read(source)!, AvroSchema.Parse("\"int\""));
        Assert.That(reader.TryRead(out var value) && value is 7);
        Assert.That(() => reader.TryRead(out _), Throws.TypeOf<AvroSchemaException>());
    }

    [Test]
    public void A_symbol_without_a_place_is_an_error_only_when_it_comes()
    {
        var source = new FileBytes(Enum("A", "B")).Block(2, Bytes.Long(0), Bytes.Long(1)).Source();
        using var reader = new GenericReader(source, AvroFileHeader.Read(source)!, AvroSchema.Parse(Enum("A")));
        Assert.That(reader.TryRead(out _));
        Assert.That(() => reader.TryRead(out _), Throws.TypeOf<AvroSchemaException>().With.Message.Contains("'B'"));
    }

    private static string Array(string items) => $$"""{"type":"array","items":{{items}}}""";

    private static string Map(string values) => $$"""{"type":"map","values":{{values}}}""";

    private static string Enum(params string[] symbols) => $$"""{"type":"enum","name":"E","symbols":["{{string.Join("\",\"", symbols)}}"]}""";

    private static string Fixed(string name, int size) => $$"""{"type":"fixed","name":"{{name}}","size":{{size}}}""";

    private static string Record(string name, params string[] fields) => $$"""{"type":"record","name":"{{name}}","fields":[{{string.Join(",", fields)}}]}""";

    private static string Field(string name, string type, string? json = null) =>
        $$"""{"name":"{{name}}","type":{{type}}{{(json is null ? "" : ",\"default\":" + json)}}}""";
}
