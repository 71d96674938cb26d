using BatchEtl.Avro.Columnar;
using BatchEtl.Avro.Schemas;
using BatchEtl.Spark.Landed;
using AvroTypes = global::Avro;

namespace BatchEtl.Spark.Tests.Landed;

/// <summary>Reader schemas for Spark: only what is needed, valid Avro, without recursion and logical types.</summary>
public sealed class NeededSchemaTests
{
    private const string Tree = """
        {"type":"record","name":"Node","namespace":"x","fields":[
          {"name":"value","type":["null",{"type":"long","logicalType":"timestamp-millis"}]},
          {"name":"other","type":"string"},
          {"name":"next","type":["null","Node"]}]}
        """;

    [Test]
    public void FieldsThatNobodyNeedsAreLeftOut() => Assert.That(
        Of("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":{"type":"string","avro.java.string":"String"}}]}""", new FieldStep("b")),
        Is.EqualTo("""{"type":"record","name":"R","namespace":"c0","fields":[{"name":"b","type":"string"}]}"""));

    [Test]
    public void RecursionEndsWhereTheLeavesDo() => Assert.That(
        Of(Tree, new FieldStep("next"), new BranchStep(1), new FieldStep("next"), new BranchStep(1), new FieldStep("value"), new BranchStep(1)),
        Is.EqualTo(
            """{"type":"record","name":"Node","namespace":"c0","fields":[{"name":"next","type":["null",{"type":"record","name":"Node","namespace":"c1","fields":["""
            + """{"name":"next","type":["null",{"type":"record","name":"Node","namespace":"c2","fields":[{"name":"value","type":["null","long"]}]}]}]}]}]}"""));

    [Test]
    public void AllBranchesOfAUnionStay() => Assert.That(
        Of(
            """
            {"type":"record","name":"R","fields":[{"name":"u","type":["null",{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]},
            {"type":"record","name":"B","fields":[{"name":"x","type":"int"}]},{"type":"enum","name":"n.E","symbols":["p","q"]}]}]}
            """,
            new FieldStep("u"), new BranchStep(2), new FieldStep("x")),
        Is.EqualTo(
            """{"type":"record","name":"R","namespace":"c0","fields":[{"name":"u","type":["null","""
            + """{"type":"record","name":"A","namespace":"c1","fields":[{"name":"_none","type":"boolean","default":false}]},"""
            + """{"type":"record","name":"B","namespace":"c2","fields":[{"name":"x","type":"int"}]},"""
            + """{"type":"enum","symbols":["p","q"],"name":"E","namespace":"n"}]}]}"""));

    [Test]
    public void NumbersThatSparkWouldMergeKeepTheirTypes() => Assert.That(
        Of("""{"type":"record","name":"R","fields":[{"name":"u","type":["int","null","long"]}]}""", new FieldStep("u"), new BranchStep(0)),
        Does.Contain("""["int","null","long","boolean"]"""));

    [Test]
    public void KeysOfElementsAreNeededInEveryBranch() => Assert.That(
        Of(
            """
            {"type":"record","name":"R","fields":[{"name":"l","type":{"type":"array","items":["null",{"type":"record","name":"A","fields":[
            {"name":"key","type":"string"},{"name":"v","type":"int"},{"name":"w","type":"int"}]}]}}]}
            """,
            new FieldStep("l"), new KeyedElementStep("key", "k"), new BranchStep(1), new FieldStep("v")),
        Does.Contain("""{"name":"key","type":"string"},{"name":"v","type":"int"}]"""));

    private static string Of(string writer, params LeafStep[] steps)
    {
        var json = new NeededSchema((RecordSchema)AvroSchema.Parse(writer), [new LeafPath(steps)]).Json;
        Assert.DoesNotThrow(() => AvroTypes.Schema.Parse(json), json);
        return json;
    }
}
