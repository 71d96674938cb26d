using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Tests.Configuration;

/// <summary>Damaged files end in a pipeline or in an error of usage, whatever the damage.</summary>
public class PipelineFuzzTests
{
    private static readonly string[] Scraps =
    [
        "null", "~", "0", "-1", "1e999", "99999999999999999999", "''", "\"\"", "[]", "{}", "[[[]]]", "{a: {b: c}}", "*a", "&a ", "!!int ", "!x ", "- ", ": ", "? ", "|", ">", "#",
        "'", "\"", "\\", "\t", "\n", "\n\n  ", "...", "---", "%YAML 1.2", "\0", "\u2028", "\uD800", "é", "{yyyy}", "{topic}", "999999999d", "decimal(99,99)", "sum()", "a..b", "$branch", "$topic", "['", "']", "<<: *a",
        "all", "events", "sessions", "{", "}", "[", "]", ",", "@", "`",
    ];

    [Test]
    public void Mutations_of_valid_files_give_a_pipeline_or_an_error_of_usage([Values("example.yaml", "snowplow.json")] string name, [Range(1, 4)] int seed)
    {
        string valid = File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Configuration", "Files", name));
        var random = new Random(seed);
        int good = 0, bad = 0;
        for (int round = 0; round < 250; round++)
        {
            string text = valid;
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                text = Mutate(text, random);
            }

            try
            {
                PipelineFile.Parse(text, name, PipelineText.Folder);
                good++;
            }
            catch (BatchEtlException e)
            {
                bad++;
                Assert.That(e.ExitCode, Is.EqualTo(ExitCode.Usage));
                Assert.That(e.Message.Split('\n'), Has.All.Contains("; expected "), e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"{e}\n{text}");
            }
        }

        Assert.That((good > 0, bad > 0), Is.EqualTo((true, true)));
    }

    [Test]
    public void Random_sets_give_a_pipeline_or_an_error_of_usage()
    {
        var random = new Random(5);
        string[] keys = [.. Core.Configuration.Reading.KeySet.All.SelectMany(k => k.Keys), "a", "'x.y'", "c", "''", ""];
        for (int round = 0; round < 1500; round++)
        {
            string key = string.Join('.', Enumerable.Range(0, random.Next(1, 5)).Select(_ => keys[random.Next(keys.Length)]));
            string value = Scraps[random.Next(Scraps.Length)] + (random.Next(3) == 0 ? Scraps[random.Next(Scraps.Length)] : "");
            try
            {
                PipelineFile.Parse(PipelineText.Minimal, "p.yaml", PipelineText.Folder, [key + "=" + value]);
            }
            catch (BatchEtlException e)
            {
                Assert.That(e.ExitCode, Is.EqualTo(ExitCode.Usage));
            }
            catch (Exception e)
            {
                Assert.Fail($"{e}\n{key}={value}");
            }
        }
    }

    [TestCase("[")]
    [TestCase("{a: ")]
    [TestCase("- ")]
    public void Deep_nesting_is_refused(string level) =>
        Assert.That(PipelineText.Errors(string.Concat(Enumerable.Repeat(level, 100_000)))[0], Does.Contain("levels of nesting").Or.Contain("no valid YAML"));

    private static string Mutate(string text, Random random)
    {
        int at = random.Next(text.Length + 1), length = Math.Min(random.Next(1, 12), text.Length - at);
        string scrap = Scraps[random.Next(Scraps.Length)];
        switch (random.Next(6))
        {
            case 0:
                return text.Remove(at, length);
            case 1:
                return text.Insert(at, scrap);
            case 2:
                return text.Remove(at, length).Insert(at, scrap);
            case 3:
                return text.Insert(at, text[random.Next(text.Length)].ToString());
            case 4:
                // A value replaced whole, so that the YAML stays valid.
                string[] lines = text.Split('\n');
                int line = random.Next(lines.Length);
                int colon = lines[line].IndexOf(": ", StringComparison.Ordinal);
                lines[line] = colon < 0 ? lines[line] : lines[line][..(colon + 2)] + scrap;
                return string.Join('\n', lines);
            default:
                string[] all = text.Split('\n');
                int from = random.Next(all.Length), to = random.Next(all.Length);
                (all[from], all[to]) = (all[to], all[from]);
                return string.Join('\n', all);
        }
    }
}
