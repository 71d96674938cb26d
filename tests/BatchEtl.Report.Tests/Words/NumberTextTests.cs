using BatchEtl.Report.Words;

namespace BatchEtl.Report.Tests.Words;

[TestFixture]
public sealed class NumberTextTests
{
    [TestCase(0, "0")]
    [TestCase(12_345, "12,345")]
    [TestCase(1_234_567, "1.23 M")]
    [TestCase(45.6e9, "45.6 B")]
    [TestCase(38.7, "38.7")]
    [TestCase(null, "–")]
    public void Amounts(double? number, string text) => Assert.That(NumberText.Short(number, NumberKind.Amount), Is.EqualTo(text));

    [TestCase(0.4, "40 %")]
    [TestCase(0.0312, "3.1 %")]
    [TestCase(0.0, "0 %")]
    [TestCase(0.0996, "10 %")]
    public void Shares(double share, string text) => Assert.That(NumberText.Short(share, NumberKind.Share), Is.EqualTo(text));

    [TestCase(999, "999 ms")]
    [TestCase(1_500, "1.5 s")]
    [TestCase(754_321, "12 min 34 s")]
    [TestCase(3_600_000, "1 h")]
    [TestCase(90_000_000, "1 d 1 h")]
    public void Durations(double ms, string text) => Assert.That(NumberText.Duration(ms), Is.EqualTo(text));

    [TestCase(112, 100, "+12 %")]
    [TestCase(96.9, 100, "−3.1 %")]
    [TestCase(100, 100, "±0 %")]
    [TestCase(2000, 100, "+20×")]
    [TestCase(5, 0, null)]
    public void Changes(double now, double before, string? text) => Assert.That(NumberText.Change(now, before), Is.EqualTo(text));
}
