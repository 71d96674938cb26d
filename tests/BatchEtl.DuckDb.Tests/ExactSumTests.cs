using System.Numerics;

namespace BatchEtl.DuckDb.Tests;

/// <summary>Sums of doubles beside exact arithmetic: the nearest double to the true sum, in any order and any parts.</summary>
[TestFixture]
public sealed unsafe class ExactSumTests
{
    private static IEnumerable<Func<Random, double>> Kinds() =>
    [
        r => Math.Round(r.NextDouble() * 1000, 2),
        r => (r.NextDouble() - 0.5) * Math.ScaleB(1, r.Next(-60, 60)),
        r => (r.NextDouble() - 0.5) * Math.ScaleB(1, r.Next(-1070, 1000)),
        r => r.Next(-3, 4) * double.Epsilon,
        r => r.Next(2) == 0 ? 1e15 : -1e15 + r.NextDouble(),
        r => r.Next(2) == 0 ? 1 : Math.ScaleB(1, -53),
        r => -r.NextDouble(),
    ];

    [TestCaseSource(nameof(Kinds))]
    public void IsTheNearestDouble(object kind)
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var values = Enumerable.Range(0, random.Next(1, 40)).Select(_ => ((Func<Random, double>)kind)(random)).ToArray();
            var sum = Sum(values);
            AssertNearest(values, sum);
            Array.Reverse(values);
            var middle = values.Length / 2;
            Assert.That(BitConverter.DoubleToInt64Bits(Sum(values[..middle], values[middle..])), Is.EqualTo(BitConverter.DoubleToInt64Bits(sum)));
        }
    }

    [Test]
    public void WhatIsNotFiniteGoesOn()
    {
        Assert.That(Sum([1, double.PositiveInfinity]), Is.EqualTo(double.PositiveInfinity));
        Assert.That(Sum([double.NegativeInfinity, double.PositiveInfinity]), Is.NaN);
        Assert.That(Sum([double.MaxValue, double.MaxValue]), Is.EqualTo(double.PositiveInfinity));
        Assert.That(Sum([double.MaxValue, double.MaxValue, -double.MaxValue]), Is.EqualTo(double.MaxValue));
    }

    [Test]
    public void OrderAndThreadsChangeNothing()
    {
        using var database = new Database(threads: 4);
        database.Execute("SET preserve_insertion_order = false");
        database.Execute("CREATE TABLE v AS SELECT CAST(hash(i) % 100 AS INTEGER) AS g, CASE WHEN i % 7 > 0 THEN (hash(i * 3) % 1000003) / 97.0 END AS x FROM range(400000) AS r(i)");
        var first = database.Rows("SELECT g, exact_sum(x) FROM v GROUP BY g ORDER BY g");
        Assert.That(database.Rows("SELECT g, exact_sum(x) FROM (SELECT * FROM v ORDER BY hash(x)) GROUP BY g ORDER BY g"), Is.EqualTo(first));
        Assert.That(database.Rows("SELECT exact_sum(x) FROM v WHERE x IS NULL")[0][0], Is.Null);
        Assert.That(database.Rows("SELECT count(*) FROM (SELECT g, exact_sum(x) AS e, sum(x) AS s FROM v GROUP BY g) WHERE abs(e - s) > 1e-6")[0][0], Is.EqualTo(0L));
    }

    private static double Sum(params double[][] parts)
    {
        var all = default(ExactSum);
        foreach (var part in parts)
        {
            var sum = default(ExactSum);
            foreach (var value in part)
            {
                sum.Add(value);
            }

            all.Add(&sum);
            sum.Free();
        }

        var result = all.Value();
        all.Free();
        return result;
    }

    private static double Sum(double[] values) => Sum([values]);

    /// <summary>No other double is closer; of two as close the even one.</summary>
    private static void AssertNearest(double[] values, double sum)
    {
        var exact = values.Aggregate(BigInteger.Zero, (total, value) => total + Units(value));
        var error = BigInteger.Abs(exact - Units(sum));
        foreach (var other in new[] { Math.BitIncrement(sum), Math.BitDecrement(sum) }.Where(double.IsFinite))
        {
            var otherError = BigInteger.Abs(exact - Units(other));
            Assert.That(error < otherError || (error == otherError && (BitConverter.DoubleToInt64Bits(sum) & 1) == 0), $"{string.Join(" + ", values)} is nearer to {other:R} than to {sum:R}");
        }
    }

    /// <summary>A double as a multiple of 2^-1074.</summary>
    private static BigInteger Units(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) & 0x7FF;
        BigInteger digits = bits & ((1L << 52) - 1) | (exponent == 0 ? 0 : 1L << 52);
        return (bits < 0 ? -digits : digits) << (Math.Max(exponent, 1) - 1);
    }
}
