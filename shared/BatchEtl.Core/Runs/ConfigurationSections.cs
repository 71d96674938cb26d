using System.Text.Json.Nodes;

namespace BatchEtl.Core.Runs;

/// <summary>The sections of a pipeline file that decide a day's rows, compared as written.</summary>
internal static class ConfigurationSections
{
    /// <summary>Those that events and sessions depend on.</summary>
    public static readonly IReadOnlyList<string> OfEvents = ["zone", "week_starts", "landing", "events", "sessions"];

    /// <summary>Those that only jobs depend on that can be run again by themselves; named as the jobs are.</summary>
    public static readonly IReadOnlyList<string> OfTables = ["cubes", "metrics", "retention", "funnels", "anomalies"];

    /// <summary>Keys that say where things are, how a run goes on or stops, or what a manifest holds in another place.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> _without = new Dictionary<string, string[]>
    {
        ["landing"] = ["root", "done_flag", "on_corrupt", "skip_files"],
        ["events"] = ["max_reject_ratio", "allow_empty"],
    };

    /// <summary>The sections that differ; none where one of the configurations is unknown.</summary>
    public static IReadOnlyList<string> Differences(JsonNode? mine, JsonNode? theirs, IReadOnlyList<string> sections) =>
        mine is null || theirs is null ? [] : [.. sections.Where(s => Text(mine, s) != Text(theirs, s))];

    /// <summary>A configuration with some sections of another.</summary>
    public static JsonNode? With(JsonNode? mine, JsonNode? other, IReadOnlyList<string> sections)
    {
        if (mine?.DeepClone() is not JsonObject merged || other is not JsonObject from)
        {
            return mine;
        }

        foreach (var section in sections)
        {
            merged.Remove(section);
            if (from[section] is { } node)
            {
                merged[section] = node.DeepClone();
            }
        }

        return merged;
    }

    private static string? Text(JsonNode configuration, string section)
    {
        var node = (configuration as JsonObject)?[section]?.DeepClone();
        foreach (var key in node is JsonObject ? _without.GetValueOrDefault(section, []) : [])
        {
            ((JsonObject)node!).Remove(key);
        }

        return node?.ToJsonString();
    }
}
