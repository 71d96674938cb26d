namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Reads <c>events</c>: the mapping (E1), exclusions (E7), duplicates (E4) and the limit of rejects (E3).</summary>
internal static class MappingReader
{
    private static readonly (string Key, ColumnRole Role)[] Fixed =
    [
        ("event_id", ColumnRole.EventId), ("event_name", ColumnRole.EventName), ("occurred_at", ColumnRole.OccurredAt),
        ("actor_id", ColumnRole.ActorId), ("user_id", ColumnRole.UserId),
    ];

    public static EventOptions Read(Section events)
    {
        var columns = new List<MappedColumn>();
        foreach ((string key, ColumnRole role) in Fixed)
        {
            if (events.Find(key) is { } node)
            {
                columns.Add(new ColumnReader(events.Context, events.PathOf(key), key, role).Read(node, events.PositionOf(key)));
            }
        }

        columns.AddRange(Named(events, "dimensions", ColumnRole.Dimension));
        columns.AddRange(Named(events, "measures", ColumnRole.Measure));
        return new EventOptions(
            columns,
            Exclude(events),
            events.Open("dedupe", KeySet.Dedupe).Duration("horizon", TimeSpan.FromHours(1)),
            events.Ratio("max_reject_ratio", 0.01m, 1),
            events.Flag("allow_empty", false));
    }

    private static IEnumerable<MappedColumn> Named(Section events, string key, ColumnRole role)
    {
        foreach (SourceEntry entry in events.Entries(key))
        {
            string path = $"{events.PathOf(key)}.{entry.Key}";
            Names.Check(events.Context, "column", entry.Key, entry.KeyAt);
            yield return new ColumnReader(events.Context, path, entry.Key, role).Read(entry.Value, entry.KeyAt);
        }
    }

    private static List<IReadOnlyList<ColumnCondition>> Exclude(Section events)
    {
        string path = events.PathOf("exclude");
        var conditions = new List<IReadOnlyList<ColumnCondition>>();
        switch (events.Find("exclude"))
        {
            case null:
                break;
            case ListNode list:
                for (int i = 0; i < list.Items.Count; i++)
                {
                    SourceNode item = list.Items[i];
                    IReadOnlyList<ColumnCondition> tests = Conditions(events.Context, $"{path}[{i}]", item);
                    if (tests.Count == 0 && item is MapNode { Entries.Count: 0 } or { IsNull: true })
                    {
                        events.Context.Errors.Add(item.At, $"a condition of {path} without columns", "at least one, as in { platform: bot }");
                    }

                    conditions.Add(tests);
                }

                break;
            case { } other:
                events.Context.Errors.Add(other.At, $"{path} is {other.Described}", "a list of conditions, such as [ { platform: bot } ]");
                break;
        }

        return conditions;
    }

    /// <summary>Column → a value or a list of values.</summary>
    public static IReadOnlyList<ColumnCondition> Conditions(ReadContext context, string path, SourceNode? node)
    {
        var conditions = new List<ColumnCondition>();
        foreach (SourceEntry entry in Section.Entries(context, path, node))
        {
            string own = $"{path}.{entry.Key}";
            IReadOnlyList<SourceNode> items = entry.Value is ListNode list ? list.Items : [entry.Value];
            if (items.Count == 0)
            {
                context.Errors.Add(entry.Value.At, $"{own} is an empty list", "at least one value");
            }

            conditions.Add(new ColumnCondition(entry.Key, [.. items.Select(i => Section.AsValue(context, own, i)).OfType<string>()]));
        }

        return conditions;
    }
}
