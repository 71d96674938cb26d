using BatchEtl.Core.Configuration;
using BatchEtl.Reference;

namespace BatchEtl.Generator.Tests.Examples;

/// <summary>The example pipelines over their committed landings, as the reference of the contract builds them.</summary>
public sealed class ExamplePipelineTests
{
    [TestCase("marketplace", "2026-03-28", 2, "no_id no_name no_time bad_time no_actor bad_value future")]
    [TestCase("kafka-envelope", "2026-05-04", 2, "no_id no_name no_time bad_time no_actor bad_value future")]
    [TestCase("web-analytics", "2026-03-28", 3, "no_id bad_time bad_value too_late future")]
    public void Builds_all_days_with_duplicates_and_rejects_of_each_reason(string name, string first, int days, string reasons)
    {
        var file = Path.Combine(ExampleFiles.Root, name, "pipeline.yaml");
        var pipeline = PipelineFile.Load(file, [], TestContext.CurrentContext.TestDirectory);
        var warehouse = new ReferenceWarehouse();
        var rejects = new HashSet<string>();
        var duplicates = 0L;
        for (var i = 0; i < days; i++)
        {
            var day = warehouse.Build(pipeline, DateOnly.Parse(first, null).AddDays(i), asOfMicros: long.MaxValue);
            Assert.That(day.Refused, Is.Null);
            var headline = day.Headline!;
            TestContext.Out.WriteLine($"{day.Day:O}: {headline.Records} records, {headline.Events} events, {headline.Sessions} sessions, {headline.Actors} actors, {headline.Duplicates} duplicates, rejects {string.Join(' ', headline.Rejects.Select(r => r.Key + "=" + r.Value))}, excluded {string.Join(' ', headline.Excluded)}, sums {string.Join(' ', headline.Sums)}, cubes {string.Join(' ', day.Tables.Where(t => t.Key.StartsWith("cube_", StringComparison.Ordinal)).Select(t => t.Key + "=" + t.Value.Rows.Count))} {string.Join("; ", day.Warnings)}");
            Assert.That(headline.Events, Is.GreaterThan(150));
            rejects.UnionWith(headline.Rejects.Keys);
            duplicates += headline.Duplicates;
        }

        Assert.That(duplicates, Is.GreaterThan(3));
        Assert.That(rejects, Is.EquivalentTo(reasons.Split(' ')));
    }
}
