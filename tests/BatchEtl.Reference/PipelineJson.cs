using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference;

/// <summary>Reads a pipeline file that is JSON and known to be right, with the defaults of pipeline.md. Without any message for people.</summary>
public static partial class PipelineJson
{
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    public static Pipeline Load(string file)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllText(file));
        var root = document.RootElement;
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var warehouse = Get(root, "warehouse");
        return new Pipeline(
            file,
            Text(root, "name", "pipeline"),
            Text(root, "zone", "UTC"),
            Text(root, "week_starts", "monday") == "sunday" ? DayOfWeek.Sunday : DayOfWeek.Monday,
            Landing(Get(root, "landing"), folder),
            new WarehouseOptions(Path.Combine(folder, Text(warehouse, "root", "warehouse")), "zstd", new Dictionary<string, TimeSpan>()),
            Events(Get(root, "events")),
            Sessions(Get(root, "sessions")),
            [.. Get(root, "cubes").EnumerateObject().Select(Cube)],
            Metrics(Get(root, "metrics")),
            new RetentionOptions(30, 26, 24),
            [.. Get(root, "funnels").EnumerateObject().Select(Funnel)],
            new AnomalyOptions(5, 0.1m, 100),
            false,
            null,
            null,
            new Dictionary<string, CheckOverride>(),
            new EngineOptions("duckdb", 4L << 30, null, null, null, new Dictionary<string, string>()));
    }

    private static LandingOptions Landing(JsonElement json, string folder) => new(
        Path.Combine(folder, Text(json, "root", "landing")),
        Text(json, "layout", "{yyyy}-{MM}-{dd}/{HH}"),
        Text(json, "zone", "UTC"),
        Text(json, "partitioned_by", "arrival_time") == "event_time" ? LandingPartitioning.EventTime : LandingPartitioning.ArrivalTime,
        Has(json, "topics") ? Texts(Get(json, "topics")) : null,
        Has(json, "done_flag") ? Text(json, "done_flag", "") : null,
        Text(json, "files", "*.avro"),
        Duration(json, "lateness", "3d"),
        Duration(json, "clock_skew", "10m"),
        Text(json, "on_corrupt", "fail") == "skip" ? CorruptFilePolicy.Skip : CorruptFilePolicy.Fail,
        Has(json, "skip_files") ? Texts(Get(json, "skip_files")) : []);

    private static EventOptions Events(JsonElement json)
    {
        var columns = new List<MappedColumn>();
        foreach (var (name, role) in new[]
        {
            ("event_id", ColumnRole.EventId), ("event_name", ColumnRole.EventName), ("occurred_at", ColumnRole.OccurredAt),
            ("actor_id", ColumnRole.ActorId), ("user_id", ColumnRole.UserId),
        })
        {
            if (Has(json, name))
            {
                columns.Add(Column(name, role, Get(json, name)));
            }
        }

        columns.AddRange(Get(json, "dimensions").EnumerateObject().Select(d => Column(d.Name, ColumnRole.Dimension, d.Value)));
        columns.AddRange(Get(json, "measures").EnumerateObject().Select(m => Column(m.Name, ColumnRole.Measure, m.Value)));
        var exclude = Has(json, "exclude")
            ? Get(json, "exclude").EnumerateArray().Select(e => (IReadOnlyList<ColumnCondition>)Where(e)).ToList()
            : [];
        var ratio = Text(json, "max_reject_ratio", "1%");
        return new EventOptions(
            columns,
            exclude,
            Duration(Get(json, "dedupe"), "horizon", "1h"),
            ratio.EndsWith('%') ? decimal.Parse(ratio[..^1], CultureInfo.InvariantCulture) / 100 : decimal.Parse(ratio, CultureInfo.InvariantCulture),
            Text(json, "allow_empty", "false") == "true");
    }

    private static MappedColumn Column(string name, ColumnRole role, JsonElement json)
    {
        var isMap = json.ValueKind == JsonValueKind.Object;
        var options = isMap ? json : Empty;
        var source = Has(options, "path") ? Get(options, "path") : json;
        var alternatives = source.ValueKind == JsonValueKind.Array
            ? source.EnumerateArray().Select(a => AlternativeOf(a, options)).ToList()
            : [AlternativeOf(isMap ? json : source, options)];
        var time = role == ColumnRole.OccurredAt
            ? new TimeReading(
                Text(options, "unit", "") switch
                {
                    "s" => TimeUnit.Seconds,
                    "ms" => TimeUnit.Milliseconds,
                    "us" => TimeUnit.Microseconds,
                    "ns" => TimeUnit.Nanoseconds,
                    _ => null,
                },
                Text(options, "format", "") == "iso",
                Has(options, "zone") ? Text(options, "zone", "") : null)
            : null;
        return new MappedColumn(
            name, role, Has(options, "type") ? Type(Text(options, "type", "")) : null, alternatives, Text(options, "empty_is_null", "false") == "true", time, 0);
    }

    private static Alternative AlternativeOf(JsonElement json, JsonElement column)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return new PathAlternative(ParsePath(json.GetString()!, Text(column, "key", "key")), null);
        }

        var prefix = Has(json, "prefix") ? Text(json, "prefix", "") : null;
        var key = Text(json, "key", Text(column, "key", "key"));
        return Has(json, "constant") ? new ConstantAlternative(Text(json, "constant", ""), prefix)
            : Has(json, "all") ? new JoinedAlternative([.. Texts(Get(json, "all")).Select(p => ParsePath(p, key))], Text(json, "separator", ""), prefix)
            : new PathAlternative(ParsePath(Text(json, "path", ""), key), prefix);
    }

    /// <summary>Steps are parted by dots; an entry's key stands in brackets and quotes.</summary>
    public static FieldPath ParsePath(string text, string keyField = "key") => new(text, [.. StepForm().Matches(text).Select(m =>
        m.Groups["key"].Success ? new EntryStep(m.Groups["key"].Value, keyField)
        : m.Value == "$branch" ? new BranchStep()
        : m.Value == "$topic" ? (PathStep)new TopicStep()
        : new FieldStep(m.Value))]);

    private static ColumnType Type(string text) => text switch
    {
        "text" => ColumnType.Text,
        "uuid" => ColumnType.Uuid,
        "bigint" => ColumnType.BigInt,
        "double" => ColumnType.Double,
        "boolean" => ColumnType.Boolean,
        "date" => ColumnType.Date,
        _ => DecimalForm().Match(text) is { Success: true } m
            ? ColumnType.Decimal(int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture))
            : throw new FormatException(text),
    };

    private static SessionOptions Sessions(JsonElement json)
    {
        var engaged = Get(json, "engaged");
        return new SessionOptions(
            Duration(json, "gap", "30m"),
            Duration(json, "carry_over", "4h"),
            [.. Get(json, "event_codes").EnumerateObject().Select(c => KeyValuePair.Create(c.Name, c.Value.GetString()![0]))],
            [.. Get(json, "counts").EnumerateObject().Select(c => KeyValuePair.Create(c.Name, (IReadOnlyList<string>)Texts(c.Value)))],
            new EngagedOptions(
                Duration(engaged, "min_duration", "10s"),
                int.Parse(Text(engaged, "min_views", "2"), CultureInfo.InvariantCulture),
                Has(engaged, "views") ? Texts(Get(engaged, "views")) : [],
                Has(engaged, "conversions") ? Texts(Get(engaged, "conversions")) : []));
    }

    private static CubeDefinition Cube(JsonProperty cube)
    {
        var json = cube.Value;
        var levels = Has(json, "levels") ? Get(json, "levels") : (JsonElement?)null;
        var rollups = Get(json, "rollups");
        return new CubeDefinition(
            cube.Name,
            Source(json),
            Has(json, "dimensions") ? Texts(Get(json, "dimensions")) : [],
            levels is { } l ? new LevelsDefinition(Text(l, "of", ""), Text(l, "separator", ":"), Texts(Get(l, "names"))) : null,
            rollups.ValueKind == JsonValueKind.Array ? [.. rollups.EnumerateArray().Select(Texts)]
                : Has(json, "rollups") ? null
                : [],
            [.. Get(json, "measures").EnumerateObject().Select(m => Aggregate(m.Name, m.Value.GetString()!))]);
    }

    private static CubeMeasure Aggregate(string name, string text)
    {
        var match = AggregateForm().Match(text);
        return new CubeMeasure(
            name, Enum.Parse<AggregateKind>(match.Groups[1].Value, ignoreCase: true), match.Groups[2].Success ? match.Groups[2].Value : null);
    }

    private static MetricOptions Metrics(JsonElement json) => new(
        Has(json, "dimensions") ? Texts(Get(json, "dimensions")) : [],
        [.. Get(json, "declare").EnumerateObject().Select(d =>
        {
            if (Has(d.Value, "ratio"))
            {
                var sides = Texts(Get(d.Value, "ratio"));
                return (MetricDeclaration)new RatioMetric(d.Name, sides[0], sides[1]);
            }

            var measure = Aggregate(d.Name, Text(d.Value, "measure", ""));
            return new AggregateMetric(d.Name, Source(d.Value), measure.Kind, measure.Column, Where(Get(d.Value, "where")));
        })]);

    private static FunnelDefinition Funnel(JsonProperty funnel) => new(
        funnel.Name,
        Duration(funnel.Value, "window", "1h"),
        [.. Get(funnel.Value, "steps").EnumerateArray().Select(s => s.ValueKind == JsonValueKind.String
            ? new FunnelStep(s.GetString()!, [])
            : new FunnelStep(Text(s, "event", ""), Where(Get(s, "where"))))]);

    private static SourceTable Source(JsonElement json) => Text(json, "source", "events") == "sessions" ? SourceTable.Sessions : SourceTable.Events;

    private static List<ColumnCondition> Where(JsonElement json) => [.. json.EnumerateObject().Select(c => new ColumnCondition(c.Name, Texts(c.Value)))];

    private static bool Has(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static JsonElement Get(JsonElement json, string name) => Has(json, name) ? json.GetProperty(name) : Empty;

    private static string Text(JsonElement json, string name, string otherwise) => Has(json, name) ? Scalar(json.GetProperty(name)) : otherwise;

    private static string Scalar(JsonElement json) => json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();

    /// <summary>A value or a list of values.</summary>
    private static IReadOnlyList<string> Texts(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select(Scalar)] : [Scalar(json)];

    private static TimeSpan Duration(JsonElement json, string name, string otherwise)
    {
        var text = Text(json, name, otherwise);
        var number = long.Parse(text.TrimEnd('s', 'm', 'h', 'd'), CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => TimeSpan.FromSeconds(number),
        };
    }

    [GeneratedRegex(@"\['(?<key>[^']*)'\]|[^.\[\]]+")]
    private static partial Regex StepForm();

    [GeneratedRegex(@"\Adecimal\((\d+), *(\d+)\)\z")]
    private static partial Regex DecimalForm();

    [GeneratedRegex(@"\A(\w+)(?:\((\w+)\))?\z")]
    private static partial Regex AggregateForm();
}
