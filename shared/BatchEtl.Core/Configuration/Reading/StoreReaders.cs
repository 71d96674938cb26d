using BatchEtl.Core.Time;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Reads <c>landing</c> (E3, E5, E6).</summary>
internal static class LandingReader
{
    public static LandingOptions Read(Section landing)
    {
        string zone = landing.Zone("zone") ?? "UTC";
        string layout = landing.Text("layout") ?? "";
        bool? hasTopic = null;
        if (layout.Length > 0)
        {
            if (LandingLayout.TryParse(layout, zone, out LandingLayout? parsed, out string? error))
            {
                hasTopic = parsed.HasTopic;
            }
            else
            {
                Fault(landing, "layout", layout, error);
            }
        }

        string files = landing.Text("files", "*.avro");
        if (!Glob.TryParse(files, out _, out string? fault))
        {
            Fault(landing, "files", files, fault);
        }

        string? flag = landing.Text("done_flag");
        if (flag is not null && !IsFileName(flag))
        {
            landing.Context.Errors.Add(landing.Find("done_flag")!.At, $"landing.done_flag is {Quoted.Value(flag)}", "the name of a file, without folders");
        }

        return new LandingOptions(
            landing.Location("root") ?? "",
            layout,
            zone,
            landing.Word("partitioned_by", LandingPartitioning.ArrivalTime,
                ("arrival_time", LandingPartitioning.ArrivalTime), ("event_time", LandingPartitioning.EventTime)),
            Topics(landing, hasTopic),
            flag,
            files,
            landing.Duration("lateness", TimeSpan.FromDays(3)),
            landing.Duration("clock_skew", TimeSpan.FromMinutes(10)),
            landing.Word("on_corrupt", CorruptFilePolicy.Fail, ("fail", CorruptFilePolicy.Fail), ("skip", CorruptFilePolicy.Skip)),
            SkipFiles(landing));
    }

    private static IReadOnlyList<string>? Topics(Section landing, bool? hasTopic)
    {
        IReadOnlyList<string>? topics = landing.Texts("topics");
        if (topics is null)
        {
            return null;
        }

        ErrorList errors = landing.Context.Errors;
        SourcePosition at = landing.PositionOf("topics");
        if (hasTopic == false)
        {
            errors.Add(at, "landing.topics without a {topic} in landing.layout", "a layout such as {topic}/{yyyy}/{MM}/{dd}, or no topics");
        }

        if (landing.Find("topics") is ListNode { Items.Count: 0 })
        {
            errors.Add(at, "landing.topics is an empty list", "at least one topic, or null for all");
        }

        foreach (string topic in topics.Where(t => !IsFileName(t)))
        {
            errors.Add(at, $"landing.topics holds {Quoted.Value(topic)}", "the name of one folder");
        }

        return [.. topics.Distinct(StringComparer.Ordinal)];
    }

    private static IReadOnlyList<string> SkipFiles(Section landing)
    {
        IReadOnlyList<string> files = landing.Texts("skip_files") ?? [];
        foreach (string file in files.Where(f => f.Split('/').Any(n => n is "" or "." or "..")))
        {
            landing.Context.Errors.Add(
                landing.PositionOf("skip_files"), $"landing.skip_files holds {Quoted.Value(file)}", "a path relative to landing.root, without '.', '..' and '//'");
        }

        return files;
    }

    private static bool IsFileName(string text) => text is not ("." or "..") && !text.Contains('/', StringComparison.Ordinal);

    private static void Fault(Section landing, string key, string text, string fault) =>
        landing.Context.Errors.AddAt(landing.Find(key)!.At, $"landing.{key} is {Quoted.Value(text)}", fault);
}

/// <summary>Reads <c>warehouse</c> (P6).</summary>
internal static class WarehouseReader
{
    public static WarehouseOptions Read(Section warehouse)
    {
        var keep = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (SourceEntry entry in warehouse.Entries("keep").Where(e => !e.Value.IsNull))
        {
            if (entry.Value is ScalarNode scalar && Literals.Duration(scalar.Text) is { } time
                && time >= TimeSpan.FromDays(1) && time <= Literals.LongestDuration)
            {
                keep[entry.Key] = time;
            }
            else
            {
                warehouse.Context.Errors.Add(
                    entry.Value.At, $"warehouse.keep.{entry.Key} is {entry.Value.Described}", "a duration of at least 1d, such as 400d");
            }
        }

        return new WarehouseOptions(
            warehouse.Location("root") ?? "",
            warehouse.Word("compression", "zstd", ("zstd", "zstd"), ("snappy", "snappy"), ("gzip", "gzip")),
            keep);
    }
}
