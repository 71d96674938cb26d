namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Reads <c>funnels</c> (A5).</summary>
internal static class FunnelReader
{
    public static IEnumerable<FunnelDefinition> Read(Section pipeline)
    {
        foreach (SourceEntry entry in pipeline.Entries("funnels"))
        {
            Section funnel = Section.Open(pipeline.Context, $"funnels.{entry.Key}", KeySet.Funnel, entry.Value, entry.KeyAt);
            Names.Check(pipeline.Context, "funnel", entry.Key, entry.KeyAt);
            TimeSpan window = funnel.Duration("window", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1));
            yield return new FunnelDefinition(entry.Key, window, Steps(funnel));
        }
    }

    private static IReadOnlyList<FunnelStep> Steps(Section funnel)
    {
        string path = funnel.PathOf("steps");
        switch (funnel.Find("steps"))
        {
            case null:
                return [];
            case ListNode { Items.Count: > 0 } list:
                return [.. list.Items.Select((item, i) => Step(funnel.Context, $"{path}[{i}]", item)).OfType<FunnelStep>()];
            case { } other:
                funnel.Context.Errors.Add(
                    other.At, $"{path} is {(other is ListNode ? "an empty list" : other.Described)}", "a list of at least one step, such as [page_view, purchase]");
                return [];
        }
    }

    private static FunnelStep? Step(ReadContext context, string path, SourceNode node)
    {
        if (node is not MapNode)
        {
            return Section.AsText(context, path, node) is { } name ? new FunnelStep(name, []) : null;
        }

        Section step = Section.Open(context, path, KeySet.FunnelStep, node, node.At);
        return step.Text("event") is { } ofEvent
            ? new FunnelStep(ofEvent, MappingReader.Conditions(context, step.PathOf("where"), step.Find("where")))
            : null;
    }
}
