using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Tests.Configuration;

public class FieldPathTests
{
    [Test]
    public void E1_reads_fields_entries_branches_and_topics() => Assert.Multiple(() =>
    {
        Assert.That(FieldPath.Parse("header.user.id").Steps, Is.EqualTo(new PathStep[] { new FieldStep("header"), new FieldStep("user"), new FieldStep("id") }));
        Assert.That(FieldPath.Parse("properties['source']").Steps, Is.EqualTo(new PathStep[] { new FieldStep("properties"), new EntryStep("source", "key") }));
        Assert.That(FieldPath.Parse("event_params['page'].value.string_value", "name").Steps, Is.EqualTo(new PathStep[]
        {
            new FieldStep("event_params"), new EntryStep("page", "name"), new FieldStep("value"), new FieldStep("string_value"),
        }));
        Assert.That(FieldPath.Parse("a['it''s.[x]']['']").Steps, Is.EqualTo(new PathStep[] { new FieldStep("a"), new EntryStep("it's.[x]", "key"), new EntryStep("", "key") }));
        Assert.That(FieldPath.Parse("payload.$branch").Steps, Is.EqualTo(new PathStep[] { new FieldStep("payload"), new BranchStep() }));
        Assert.That(FieldPath.Parse("m['k'].$branch").Steps[^1], Is.EqualTo(new BranchStep()));
        Assert.That(FieldPath.Parse("$topic").Steps, Is.EqualTo(new PathStep[] { new TopicStep() }));
    });

    [TestCase("", "found the end; expected a field name (letters, digits, _; no digit first)")]
    [TestCase(".a", "found '.' at character 1; expected a field name (letters, digits, _; no digit first)")]
    [TestCase("a.", "found the end; expected a field name (letters, digits, _; no digit first)")]
    [TestCase("a.1b", "found '1' at character 3; expected a field name (letters, digits, _; no digit first)")]
    [TestCase("a b", "found ' ' at character 2; expected '.', '[' or the end")]
    [TestCase("['a']", "found '[' at character 1; expected a field name (letters, digits, _; no digit first)")]
    [TestCase("a[0]", "found '0' at character 3; expected a key in single quotes, as in ['page']")]
    [TestCase("a[\"b\"]", "found '\"' at character 3; expected a key in single quotes, as in ['page']")]
    [TestCase("a['b]", "found ''' at character 3; expected a closing ' behind it")]
    [TestCase("a['b'", "found the end; expected ']' behind the key (a quote inside is doubled)")]
    [TestCase("a['b'x]", "found 'x' at character 6; expected ']' behind the key (a quote inside is doubled)")]
    [TestCase("a['b']c", "found 'c' at character 7; expected '.', '[' or the end")]
    [TestCase("a.$brunch", "found '$' at character 3; expected $branch, or $topic alone")]
    [TestCase("$branch", "found '$' at character 1; expected a field name before $branch")]
    [TestCase("a.$branch.b", "found '.' at character 10; expected the end behind $branch")]
    [TestCase("a.$branch['b']", "found '[' at character 10; expected the end behind $branch")]
    [TestCase("a.$topic", "found '$' at character 3; expected $topic alone")]
    [TestCase("$topic.a", "found '$' at character 1; expected $topic alone")]
    public void Says_where_a_path_is_wrong(string text, string expected)
    {
        BatchEtlException error = Assert.Throws<BatchEtlException>(() => FieldPath.Parse(text));
        Assert.That(error.Message, Is.EqualTo($"path '{text}': {expected}"));
    }

    [Test]
    public void Paths_are_equal_by_text_and_key_field() => Assert.Multiple(() =>
    {
        Assert.That(FieldPath.Parse("a['b']"), Is.EqualTo(FieldPath.Parse("a['b']", FieldPath.DefaultKeyField)));
        Assert.That(FieldPath.Parse("a['b']"), Is.Not.EqualTo(FieldPath.Parse("a['b']", "name")));
    });
}
