using System.Text;
using BatchEtl.Reference.Landed;
using BatchEtl.Reference.Mapping;
using NUnit.Framework;

namespace BatchEtl.Reference.Tests;

/// <summary>E1: paths through records, maps, arrays by key and unions; alternatives.</summary>
[TestFixture]
public sealed class PathTests
{
    private const string Value = """["null",{"type":"record","name":"value","fields":[{"name":"s","type":["null","string"]}]}]""";

    private const string Params =
        """{"type":"array","items":{"type":"record","name":"param","fields":[{"name":"key","type":"string"},{"name":"value","type":""" + Value + "}]}}";

    private const string Payload = """
        ["null","string",{"type":"record","name":"shop.Click","fields":[{"name":"x","type":"string"},{"name":"only","type":"string"}]},
        {"type":"record","name":"shop.View","fields":[{"name":"x","type":"string"}]}]
        """;

    [Test]
    public void MapsTakeTheLastOfEqualKeysArraysTheFirst()
    {
        using var small = new SmallCase()
            .With("props", """{"type":"map","values":["null","string"]}""", "\"props['a']\"")
            .With("params", Params, "\"params['page'].value.s\"")
            .Add("1", "n", SmallCase.Start, "a",
                ("props", new KeyValuePair<string, object?>[] { new("a", "first"), new("a", "last"), new("b", "other") }),
                ("params", new object?[] { Param("x", "0"), Param("page", "1"), Param("page", "2") }))
            .Add("2", "n", SmallCase.Start, "b",
                ("props", new KeyValuePair<string, object?>[] { new("a", "first"), new("a", null) }),
                ("params", new object?[] { Param("page", null) }))
            .Add("3", "n", SmallCase.Start, "c");
        var day = small.Build()[0];
        Assert.Multiple(() =>
        {
            Assert.That(SmallCase.Column(day, "events", "props"), Is.EqualTo(new[] { "last", null, null }));
            Assert.That(SmallCase.Column(day, "events", "params"), Is.EqualTo(new[] { "1", null, null }));
        });

        static Dictionary<string, object?> Param(string key, string? text) => new()
        {
            ["key"] = key,
            ["value"] = text is null ? null : new Dictionary<string, object?> { ["s"] = text },
        };
    }

    [Test]
    public void UnionsGiveTheFieldAndTheNameOfTheBranch()
    {
        using var small = new SmallCase()
            .With("payload", Payload)
            .Set("events", """{"event_name": {"path": ["payload.$branch", "name"]}, "dimensions": {"x": "payload.x", "only": "payload.only"}}""")
            .Add("1", null, SmallCase.Start, "a", ("payload", new InBranch(2, new Dictionary<string, object?> { ["x"] = "c", ["only"] = "o" })))
            .Add("2", null, SmallCase.Start, "b", ("payload", new InBranch(3, new Dictionary<string, object?> { ["x"] = "v" })))
            .Add("3", "plain", SmallCase.Start, "c", ("payload", new InBranch(1, "text")))
            .Add("4", null, SmallCase.Start, "d");
        var day = small.Build()[0];
        Assert.Multiple(() =>
        {
            Assert.That(SmallCase.Column(day, "events", "event_name"), Is.EqualTo(new[] { "Click", "View", "plain" }));
            Assert.That(SmallCase.Column(day, "events", "x"), Is.EqualTo(new[] { "c", "v", null }));
            Assert.That(SmallCase.Column(day, "events", "only"), Is.EqualTo(new[] { "o", null, null }));
            Assert.That(SmallCase.Column(day, "rejects", "reason"), Is.EqualTo(new[] { "no_name" }));
        });
    }

    [Test]
    public void AlternativesPrefixesJoinsAndConstants()
    {
        using var small = new SmallCase()
            .With("n", "int")
            .With("when", """{"type":"long","logicalType":"timestamp-millis"}""")
            .Set("events", """
                {"actor_id": [{"path": "user", "prefix": "u:"}, {"path": "n", "prefix": "n:"}, {"all": ["actor", "n", "when"], "separator": "|"}, "actor"],
                 "dimensions": {"site": {"constant": "main"}, "joined": {"all": ["actor", "when"], "separator": "/"},
                                "maybe": {"path": "user", "empty_is_null": true}, "asis": "user"}}
                """)
            .Add("1", "n", SmallCase.Start, "a", ("user", "42"), ("n", 42), ("when", 5L))
            .Add("2", "n", SmallCase.Start, "a", ("user", ""), ("n", 42))
            .Add("3", "n", SmallCase.Start, "a", ("when", 5L));
        var day = small.Build()[0];
        Assert.Multiple(() =>
        {
            Assert.That(SmallCase.Column(day, "events", "actor_id"), Is.EqualTo(new[] { "a", "n:42", "u:42" }));
            Assert.That(SmallCase.Column(day, "events", "site"), Is.All.EqualTo("main"));
            Assert.That(SmallCase.Column(day, "events", "joined"), Is.EqualTo(new[] { "a/5", null, "a/5" }));
            Assert.That(SmallCase.Column(day, "events", "maybe"), Is.EqualTo(new[] { null, null, "42" }));
            Assert.That(SmallCase.Column(day, "events", "asis"), Is.EqualTo(new[] { null, "", "42" }));
        });
    }

    [Test]
    public void ValuesOfUnfitBranchesAreBad()
    {
        using var small = new SmallCase()
            .With("v", """["null","string","double"]""", """{"path": "v", "type": "text"}""")
            .Add("1", "n", SmallCase.Start, "a", ("v", new InBranch(1, "ok")))
            .Add("2", "n", SmallCase.Start, "a", ("v", new InBranch(2, 1.5)))
            .Add("3", "n", SmallCase.Start, "a", ("v", new InBranch(1, Encoding.Latin1.GetBytes("é"))));
        var day = small.Build()[0];
        Assert.Multiple(() =>
        {
            Assert.That(SmallCase.Column(day, "events", "v"), Is.EqualTo(new[] { "ok" }));
            Assert.That(SmallCase.Column(day, "rejects", "reason"), Is.All.EqualTo("bad_value"));
            Assert.That(SmallCase.Column(day, "rejects", "raw_value"), Is.EqualTo(new[] { "1.5", "\uFFFD" }));
        });
    }

    [Test]
    public void AColumnWithoutItsPathsIsAnErrorUnlessItDeclaresAType()
    {
        using var fine = new SmallCase().Set("events", """{"dimensions": {"x": {"path": "lacking", "type": "date"}}}""").Add("1", "n", SmallCase.Start, "a");
        Assert.That(SmallCase.Column(fine.Build()[0], "events", "x"), Is.EqualTo(new object?[] { null }));

        using var wrong = new SmallCase().Set("events", """{"dimensions": {"x": "lacking"}}""").Add("1", "n", SmallCase.Start, "a");
        Assert.That(() => wrong.Build(), Throws.TypeOf<MappingException>().With.Property("Column").EqualTo("x"));

        using var unfit = new SmallCase().With("b", "bytes", """{"path": "b", "type": "text"}""").Add("1", "n", SmallCase.Start, "a");
        Assert.That(() => unfit.Build(), Throws.TypeOf<MappingException>());
    }
}
