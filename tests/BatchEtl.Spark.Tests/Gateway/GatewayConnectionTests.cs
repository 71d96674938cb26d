using BatchEtl.Spark.Gateway;

namespace BatchEtl.Spark.Tests.Gateway;

/// <summary>The way to a driver: calls, answers, errors and ends.</summary>
public sealed class GatewayConnectionTests
{
    [Test]
    public void CallsAreWrittenAsTheProtocolSays()
    {
        using var gateway = new FakeGateway(_ => "!yv");
        using var connection = new GatewayConnection(gateway.Address);
        connection.Call(new JavaObject("o7"), "set", "a\nb\\c\rd", 5, 6L, true, null, new JavaObject("o8"));
        connection.CallStatic("java.lang.String", "join", ",");
        connection.Release(new JavaObject("o8"));
        Assert.That(gateway.Commands, Is.EqualTo(new[]
        {
            "c\no7\nset\nsa\\nb\\\\c\\rd\ni5\nL6\nbtrue\nn\nro8", "c\nz:java.lang.String\njoin\ns,", "m\nd\no8",
        }));
    }

    [Test]
    public void AnswersBecomeValues()
    {
        var answers = new Queue<string>(["!ysa\\nb\\\\c\\rąž", "!yi5", "!yL-9223372036854775808", "!ybfalse", "!yn", "!yro3", "!yd1.5", "!ys"]);
        using var gateway = new FakeGateway(_ => answers.Dequeue());
        using var connection = new GatewayConnection(gateway.Address);
        var values = Enumerable.Range(0, answers.Count).Select(_ => connection.Call(new JavaObject("t"), "m")).ToList();
        Assert.That(values, Is.EqualTo(new object?[] { "a\nb\\c\rąž", 5, long.MinValue, false, null, new JavaObject("o3"), 1.5, "" }));
    }

    [Test]
    public void ALongAnswerComesWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 300_000).Select(i => (char)('a' + i % 26)));
        using var gateway = new FakeGateway(_ => "!ys" + text);
        using var connection = new GatewayConnection(gateway.Address);
        Assert.That(connection.Call(new JavaObject("t"), "m"), Is.EqualTo(text));
        Assert.That(connection.Call(new JavaObject("t"), "m"), Is.EqualTo(text));
    }

    [Test]
    public void AWrongSecretIsRefused()
    {
        using var gateway = new FakeGateway(_ => "!yv");
        Assert.That(
            () => new GatewayConnection(gateway.Address with { Secret = "other" }),
            Throws.TypeOf<SparkException>().With.Message.Contains("Authentication error"));
    }

    [Test]
    public void NobodyThereIsSaid()
    {
        GatewayAddress address;
        using (var gateway = new FakeGateway(_ => "!yv"))
        {
            address = gateway.Address;
        }

        Assert.That(() => new GatewayConnection(address), Throws.TypeOf<SparkException>().With.Message.Contains($"{address} can't be reached"));
    }

    [Test]
    public void ADriverThatGoesAwayIsSaid()
    {
        using var gateway = new FakeGateway(_ => null);
        using var connection = new GatewayConnection(gateway.Address);
        Assert.That(() => connection.Call(new JavaObject("t"), "m"), Throws.TypeOf<SparkException>().With.Message.Contains("driver has ended or was killed"));
        Assert.That(() => connection.Call(new JavaObject("t"), "m"), Throws.TypeOf<SparkException>());
    }

    [Test]
    public void WhoWaitsIsLetGoWhenItIsClosed()
    {
        using var answered = new ManualResetEventSlim();
        using var gateway = new FakeGateway(_ =>
        {
            answered.Wait();
            return null;
        });
        using var connection = new GatewayConnection(gateway.Address);
        var call = Task.Run(() => connection.Call(new JavaObject("t"), "m"));
        Assert.That(call.Wait(200), Is.False);
        connection.Dispose();
        Assert.That(() => call.GetAwaiter().GetResult(), Throws.TypeOf<OperationCanceledException>());
        Assert.That(() => connection.Call(new JavaObject("t"), "m"), Throws.TypeOf<OperationCanceledException>());
        answered.Set();
    }

    [Test]
    public void AThrowableIsToldWithItsCause()
    {
        using var gateway = new FakeGateway(command => command switch
        {
            "c\nt\nm" => "!xro1",
            "c\no1\ntoString" => "!ysorg.apache.spark.SparkException: Job aborted",
            "c\no1\ngetCause" => "!yro2",
            "c\no2\ntoString" => "!ysjava.io.FileNotFoundException: /x",
            _ => "!yn",
        });
        using var connection = new GatewayConnection(gateway.Address);
        Assert.That(
            () => connection.Call(new JavaObject("t"), "m"),
            Throws.TypeOf<SparkException>().With.Message.EqualTo("org.apache.spark.SparkException: Job aborted; caused by java.io.FileNotFoundException: /x"));
    }

    [TestCase("!xsno such method")]
    [TestCase("!zsfatal")]
    [TestCase("nonsense")]
    [TestCase("")]
    [TestCase("!yq1")]
    public void WhatIsNoAnswerIsAnError(string answer)
    {
        using var gateway = new FakeGateway(_ => answer);
        using var connection = new GatewayConnection(gateway.Address);
        Assert.That(() => connection.Call(new JavaObject("t"), "m"), Throws.TypeOf<SparkException>());
    }

    [Test]
    public void TheAddressComesFromTheEnvironmentWhole()
    {
        var variables = new Dictionary<string, string?> { ["PYSPARK_GATEWAY_PORT"] = "4711", ["PYSPARK_GATEWAY_SECRET"] = "x" };
        Assert.That(GatewayAddress.OfEnvironment(variables.GetValueOrDefault), Is.EqualTo(new GatewayAddress(4711, "x")));
        Assert.That(GatewayAddress.OfEnvironment(_ => null), Is.Null);
        variables["PYSPARK_GATEWAY_SECRET"] = "";
        Assert.That(() => GatewayAddress.OfEnvironment(variables.GetValueOrDefault), Throws.TypeOf<SparkException>());
    }
}
