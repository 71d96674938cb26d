namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Reads <c>sessions</c> (S1–S6).</summary>
internal static class SessionReader
{
    public static SessionOptions Read(Section sessions) => new(
        sessions.Duration("gap", TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(1)),
        sessions.Duration("carry_over", TimeSpan.FromHours(4)),
        [.. Codes(sessions)],
        [.. Counts(sessions)],
        Engaged(sessions.Open("engaged", KeySet.Engaged)));

    private static EngagedOptions Engaged(Section engaged) => new(
        engaged.Duration("min_duration", TimeSpan.FromSeconds(10)),
        (int)engaged.Whole("min_views", 2, 0, int.MaxValue),
        engaged.Texts("views") ?? [],
        engaged.Texts("conversions") ?? []);

    private static IEnumerable<KeyValuePair<string, char>> Codes(Section sessions)
    {
        foreach (SourceEntry entry in sessions.Entries("event_codes"))
        {
            if (entry.Value is ScalarNode { Text: [var code] } && char.IsAsciiLetterOrDigit(code))
            {
                yield return new(entry.Key, code);
            }
            else
            {
                sessions.Context.Errors.Add(
                    entry.Value.At, $"sessions.event_codes.{entry.Key} is {entry.Value.Described}", "one ASCII letter or digit");
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> Counts(Section sessions)
    {
        foreach (SourceEntry entry in sessions.Entries("counts"))
        {
            string path = $"sessions.counts.{entry.Key}";
            Names.Check(sessions.Context, "counter", entry.Key, entry.KeyAt);
            IReadOnlyList<SourceNode> items = entry.Value is ListNode list ? list.Items : [entry.Value];
            if (items.Count == 0)
            {
                sessions.Context.Errors.Add(entry.Value.At, $"{path} is an empty list", "at least one event name");
            }

            yield return new(entry.Key, [.. items.Select(i => Section.AsText(sessions.Context, path, i)).OfType<string>()]);
        }
    }
}
