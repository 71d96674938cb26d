namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Reads what only matters to a run as a whole: retention, anomalies, catalog, checks and engine.</summary>
internal static class RunReader
{
    // Longer than any activity can be told, and far inside what dates can hold.
    private const int LargestRetention = 10_000;

    // A change may well be larger than what it is a change of.
    private const decimal LargestChange = 1_000;

    public static RetentionOptions Retention(Section retention) => new(
        (int)retention.Whole("day", 30, 0, LargestRetention),
        (int)retention.Whole("week", 26, 0, LargestRetention),
        (int)retention.Whole("month", 24, 0, LargestRetention));

    public static AnomalyOptions Anomalies(Section anomalies) => new(
        anomalies.Number("sensitivity", 5),
        anomalies.Ratio("min_change", 0.1m, LargestChange),
        anomalies.Whole("min_volume", 100, 0, long.MaxValue));

    public static CatalogOptions? Catalog(Section catalog)
    {
        if (!catalog.IsGiven)
        {
            return null;
        }

        string uri = catalog.Text("uri") ?? "";
        if (uri.Length > 0 && !(Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) && parsed is { Scheme: "thrift", Host.Length: > 0 }))
        {
            catalog.Context.Errors.Add(catalog.Find("uri")!.At, $"catalog.uri is {Quoted.Value(uri)}", "thrift://host:port");
        }

        return new CatalogOptions(catalog.Word("kind", "hive", ("hive", "hive")), uri, catalog.Text("database", "default"));
    }

    public static Dictionary<string, CheckOverride> Checks(Section pipeline)
    {
        var checks = new Dictionary<string, CheckOverride>(StringComparer.Ordinal);
        foreach (SourceEntry entry in pipeline.Entries("checks").Where(e => !e.Value.IsNull))
        {
            if (Check(pipeline.Context, $"checks.{entry.Key}", entry) is { } check)
            {
                checks[entry.Key] = check;
            }
        }

        return checks;
    }

    public static EngineOptions Engine(Section engine)
    {
        long threads = engine.Whole("threads", 0, 1, 1024);
        var conf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SourceEntry entry in engine.Entries("conf"))
        {
            if (Section.AsValue(engine.Context, $"engine.conf.{entry.Key}", entry.Value) is { } value)
            {
                conf[entry.Key] = value;
            }
        }

        return new EngineOptions(
            engine.Word("name", "duckdb", ("duckdb", "duckdb"), ("spark", "spark")),
            engine.Size("memory", 4_000_000_000, 1_000_000),
            threads == 0 ? null : (int)threads,
            engine.LocalPath("temp"),
            engine.Text("master"),
            conf);
    }

    private static CheckOverride? Check(ReadContext context, string path, SourceEntry entry)
    {
        const string Expected = "fail, warn or off, or one of fail and warn with a limit, as in { warn: 50% }";
        string[] words = ["fail", "warn", "off"];
        if (entry.Value is not MapNode map)
        {
            string? word = (entry.Value as ScalarNode)?.Text;
            if (word is not null && words.Contains(word))
            {
                return new CheckOverride(word, null);
            }

            context.Errors.Add(entry.Value.At, $"{path} is {entry.Value.Described}", Expected, word, words);
            return null;
        }

        Section check = Section.Open(context, path, KeySet.Check, map, entry.KeyAt);
        string[] given = [.. KeySet.Check.Keys.Where(k => check.Find(k) is not null)];
        if (given.Length != 1)
        {
            context.Errors.Add(entry.KeyAt, $"{path} has {(given.Length == 0 ? "no limit" : string.Join(" and ", given))}", Expected);
            return null;
        }

        var limit = check.Find(given[0]) as ScalarNode;
        if (limit is not null && (Literals.Ratio(limit.Text) ?? (limit.Kind is ScalarKind.Integer or ScalarKind.Float ? Literals.Number(limit.Text) : null)) is { } number)
        {
            return new CheckOverride(given[0], number);
        }

        context.Errors.Add(check.Find(given[0])!.At, $"{path}.{given[0]} is {check.Find(given[0])!.Described}", "a limit such as 50% or 1000");
        return null;
    }
}
