namespace BatchEtl.Spark.Tests;

/// <summary>Rows of JSON become values by the schema.</summary>
public sealed class RowsTextTests
{
    private const string Schema = """
        {"type":"struct","fields":[{"name":"i","type":"integer"},{"name":"l","type":"long"},{"name":"d","type":"double"},{"name":"b","type":"boolean"},
        {"name":"t","type":"string"},{"name":"m","type":"decimal(38,2)"},{"name":"day","type":"date"},{"name":"at","type":"timestamp_ntz"}]}
        """;

    [Test]
    public void EveryType()
    {
        var rows = RowsText.Parse(new SparkRows(Schema,
        [
            """{"i":1,"l":9223372036854775807,"d":0.1,"b":true,"t":"a\"ą","m":12345678901234567890.12,"day":"2026-03-29","at":"2026-03-29T01:02:03.123456"}""",
            """{"i":null,"l":null,"d":"NaN","b":null,"t":null,"m":null,"day":null,"at":null}""",
        ]));
        Assert.That(rows[0], Is.EqualTo(new object[]
        {
            1, long.MaxValue, 0.1, true, "a\"ą", 12345678901234567890.12m, new DateTime(2026, 3, 29, 0, 0, 0, DateTimeKind.Unspecified),
            new DateTime(2026, 3, 29, 1, 2, 3, DateTimeKind.Unspecified).AddMicroseconds(123456),
        }));
        Assert.That(rows[1], Is.EqualTo(new object?[] { null, null, double.NaN, null, null, null, null, null }));
    }

    [Test]
    public void EqualNamesKeepTheirPlaces() => Assert.That(
        RowsText.Parse(new SparkRows("""{"fields":[{"name":"x","type":"long"},{"name":"x","type":"string"}]}""", ["""{"x":1,"x":"b"}"""]))[0],
        Is.EqualTo(new object[] { 1L, "b" }));

    [Test]
    public void AMissingFieldIsAnError() => Assert.That(
        () => RowsText.Parse(new SparkRows("""{"fields":[{"name":"x","type":"long"},{"name":"y","type":"long"}]}""", ["""{"x":1}"""])),
        Throws.TypeOf<SparkException>());
}
