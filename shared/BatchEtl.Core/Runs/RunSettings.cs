using System.Globalization;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Core.Runs;

/// <summary>The settings that a run must share with the partitions it builds on (P5), as text.</summary>
public static class RunSettings
{
    public static IReadOnlyDictionary<string, string> Of(Pipeline pipeline, DateOnly historyStart)
    {
        var sessions = pipeline.Sessions;
        var engaged = sessions.Engaged;
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["zone"] = pipeline.Zone,
            ["week_starts"] = pipeline.WeekStarts.ToString().ToLowerInvariant(),
            ["history_start"] = historyStart.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["sessions"] = string.Join(
                "; ",
                $"gap {sessions.Gap}",
                $"carry_over {sessions.CarryOver}",
                $"event_codes {string.Join(' ', sessions.EventCodes.Select(c => $"{c.Key}={c.Value}"))}",
                $"counts {string.Join(' ', sessions.Counts.Select(c => $"{c.Key}={string.Join('|', c.Value)}"))}",
                string.Create(CultureInfo.InvariantCulture, $"engaged {engaged.MinDuration} {engaged.MinViews} {string.Join('|', engaged.Views)} {string.Join('|', engaged.Conversions)}")),
            ["identity"] = string.Join("; ", pipeline.Events.Columns
                .Where(c => c.Role is ColumnRole.EventId or ColumnRole.ActorId or ColumnRole.UserId)
                .Select(c => $"{c.Name} {c.DeclaredType} {string.Join(", ", c.Alternatives.Select(Text))}")),
            ["duplicates"] = pipeline.Events.DedupeHorizon.ToString(),
            ["exclude"] = string.Join("; ", pipeline.Events.Exclude.Select(e => string.Join(" and ", e.Select(c => $"{c.Column} in {string.Join('|', c.Values)}")))),
            ["metrics.dimensions"] = string.Join(", ", pipeline.Metrics.Dimensions),
        };
    }

    /// <summary>The names of settings that differ.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> mine, IReadOnlyDictionary<string, string> theirs) =>
        [.. mine.Where(s => theirs.TryGetValue(s.Key, out var other) && other != s.Value).Select(s => $"{s.Key} (was '{theirs[s.Key]}', is '{s.Value}')")];

    private static string Text(Alternative alternative) => alternative.Prefix + alternative switch
    {
        PathAlternative path => string.Join(' ', path.Path.Steps.OfType<EntryStep>().Select(e => e.KeyField).Distinct().Append(path.Path.Text)),
        JoinedAlternative joined => string.Join(joined.Separator, joined.Paths.Select(p => p.Text)),
        ConstantAlternative constant => $"'{constant.Text}'",
        _ => string.Empty,
    };
}
