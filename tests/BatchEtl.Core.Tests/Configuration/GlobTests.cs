using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Tests.Configuration;

public class GlobTests
{
    [TestCase("*.avro", "a.avro", true)]
    [TestCase("*.avro", ".avro", false)]
    [TestCase("*.avro", "_a.avro", false)]
    [TestCase("*", ".a", false)]
    [TestCase("_*", "_a", false)]
    [TestCase("*.avro", "a.avro.tmp", false)]
    [TestCase("*.avro", "a.AVRO", false)]
    [TestCase("part-?.avro", "part-1.avro", true)]
    [TestCase("part-?.avro", "part-12.avro", false)]
    [TestCase("[a-c]x", "bx", true)]
    [TestCase("[!a-c]x", "bx", false)]
    [TestCase("[^a-c]x", "dx", true)]
    [TestCase("[]a]x", "]x", true)]
    [TestCase("[a^-]", "^", true)]
    [TestCase("*.{avro,avsc}", "x.avsc", true)]
    [TestCase("{a,b{c,d}}.x", "bd.x", true)]
    [TestCase("{a,b{c,d}}.x", "b.x", false)]
    [TestCase("a,b", "a,b", true)]
    [TestCase("a\\*", "a*", true)]
    [TestCase("a\\*", "ab", false)]
    [TestCase("a+(b).c$", "a+(b).c$", true)]
    public void Matches_names(string pattern, string name, bool expected) => Assert.That(Glob.IsMatch(pattern, name), Is.EqualTo(expected));

    [TestCase("", "found ''; expected a pattern such as *.avro")]
    [TestCase("[a", "found '[' at character 1; expected a ']' behind it")]
    [TestCase("x{a,b", "found '{' at character 2; expected a '}' behind it")]
    [TestCase("a\\", "found '\\' at its end; expected a character behind it")]
    [TestCase("[c-a]", "found the range 'c-a' at character 2; expected its smaller end first")]
    [TestCase("a/b", "found '/' at character 2; expected the name of a file, without folders")]
    public void Refuses_what_is_no_pattern(string pattern, string expected) => Assert.That(
        Assert.Throws<BatchEtlException>(() => Glob.Parse(pattern))?.Message, Is.EqualTo($"file pattern '{pattern}': {expected}"));
}
