using System.Text.Json.Nodes;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Tables;

namespace BatchEtl.Reference.RandomCases;

/// <summary>Random settings of sessions, cubes, metrics and exclude over given columns.</summary>
internal sealed class RandomQuestions(Random random, IReadOnlyList<RandomColumn> dimensions, IReadOnlyList<RandomColumn> measures, string[] names)
{
    private readonly List<string> _counts = [.. Enumerable.Range(0, random.Next(3)).Select(i => $"c{i}")];

    public JsonArray Exclude()
    {
        var conditions = new JsonArray();
        for (var i = random.Next(3); i > 0; i--)
        {
            var condition = new JsonObject();
            // One of several values, lest everything is excluded.
            foreach (var dimension in Some(dimensions.Where(d => d.Values.Count > 3), 2))
            {
                condition[dimension.Name] = Condition(dimension, 1);
            }

            if (condition.Count > 0)
            {
                conditions.Add(condition);
            }
        }

        return conditions;
    }

    public JsonObject Sessions(string gap, string carryOver)
    {
        var codes = new JsonObject();
        foreach (var (name, i) in Some(names, 4).Select((n, i) => (n, i)))
        {
            codes[name] = "vB7"[i % 3].ToString();
        }

        var counts = new JsonObject();
        foreach (var count in _counts)
        {
            counts[count] = random.Next(2) == 0 ? names[0] : RandomColumns.Texts(Some(names, 3));
        }

        return new JsonObject
        {
            ["gap"] = gap,
            ["carry_over"] = carryOver,
            ["event_codes"] = codes,
            ["counts"] = counts,
            ["engaged"] = new JsonObject
            {
                ["min_duration"] = random.GetItems(new[] { "10s", "0s", "30m" }, 1)[0],
                ["min_views"] = random.Next(4),
                ["views"] = RandomColumns.Texts(Some(names, 2)),
                ["conversions"] = random.Next(3) == 0 ? [] : RandomColumns.Texts(Some(names, 1)),
            },
        };
    }

    public JsonObject Cubes()
    {
        var cubes = new JsonObject();
        for (var i = random.Next(4); i > 0; i--)
        {
            var ofEvents = random.Next(3) != 0;
            var columns = ofEvents ? EventColumns() : SessionColumns();
            var plain = Some(columns.Where(c => c.Type.Kind is TypeKind.Text or TypeKind.BigInt or TypeKind.Boolean or TypeKind.Date or TypeKind.Decimal
                && c.Name is not ("event_id" or "session_id" or "sequence" or "duration_ms")), 4).Select(c => c.Name).ToList();
            var cube = new JsonObject { ["source"] = ofEvents ? "events" : "sessions", ["dimensions"] = RandomColumns.Texts(plain) };
            var levels = new List<string>();
            var texts = columns.Where(c => c.Type == ColumnType.Text).ToList();
            if (random.Next(3) == 0)
            {
                levels = [.. new[] { "l1", "l2", "l3" }.Take(2 + random.Next(2))];
                cube["levels"] = new JsonObject
                {
                    ["of"] = ofEvents && random.Next(3) != 0 ? "event_name" : texts[random.Next(texts.Count)].Name,
                    ["separator"] = random.GetItems(new[] { ":", "_", "::" }, 1)[0],
                    ["names"] = RandomColumns.Texts(levels),
                };
            }

            if (plain.Count + levels.Count == 0)
            {
                continue;
            }

            cube["rollups"] = random.Next(2) == 0 ? "all" : new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ =>
                (JsonNode)RandomColumns.Texts([.. Some(plain, 3), .. levels.Take(random.Next(levels.Count + 1))]))]);
            cube["measures"] = Measures(columns);
            cubes[$"k{i}"] = cube;
        }

        return cubes;
    }

    public JsonObject Metrics()
    {
        var chosen = Some(dimensions, 3).Select(d => d.Name).ToList();
        var declared = new JsonObject();
        var known = new List<string> { "dau", "events", "sessions", "bounce_rate", "events_per_actor" };
        for (var i = random.Next(6); i > 0; i--)
        {
            var name = $"m{i}";
            if (random.Next(3) == 0)
            {
                declared[name] = new JsonObject { ["ratio"] = RandomColumns.Texts(random.GetItems(known.ToArray(), 2)) };
            }
            else
            {
                var ofEvents = random.Next(2) == 0;
                var columns = ofEvents ? EventColumns() : SessionColumns();
                var summable = columns.Where(c => RandomColumns.IsSummable(c.Type)).ToArray();
                declared[name] = new JsonObject
                {
                    ["source"] = ofEvents ? "events" : "sessions",
                    ["measure"] = random.Next(3) switch
                    {
                        0 => "count",
                        1 => $"distinct({columns[random.Next(columns.Count)].Name})",
                        _ => summable.Length == 0 ? "count" : $"sum({summable[random.Next(summable.Length)].Name})",
                    },
                    ["where"] = Where(ofEvents),
                };
            }

            known.Add(name);
        }

        return new JsonObject { ["dimensions"] = RandomColumns.Texts(chosen), ["declare"] = declared };
    }

    private JsonObject Where(bool ofEvents)
    {
        var where = new JsonObject();
        if (ofEvents && random.Next(2) == 0)
        {
            where["event_name"] = random.Next(2) == 0 ? names[random.Next(names.Length)] : RandomColumns.Texts(Some(names, 3));
        }

        if (!ofEvents && random.Next(2) == 0)
        {
            where[random.Next(2) == 0 ? "is_bounce" : "is_continuation"] = random.Next(2) == 0;
        }

        foreach (var dimension in Some(dimensions.Where(d => d.Values.Count > 0), random.Next(2)))
        {
            where[(ofEvents ? "" : random.Next(2) == 0 ? "first_" : "last_") + dimension.Name] = Condition(dimension);
        }

        return where;
    }

    private JsonObject Measures(List<(string Name, ColumnType Type)> columns)
    {
        var result = new JsonObject { ["n"] = "count" };
        for (var i = random.Next(6); i > 0; i--)
        {
            var (name, type) = columns[random.Next(columns.Count)];
            var kind = random.Next(5) switch { 0 => "count", 1 => "distinct", 2 => "min", 3 => "max", _ => "sum" };
            if (kind == "sum" && !(type.Kind == TypeKind.Double || RandomColumns.IsSummable(type)))
            {
                kind = "count";
            }

            result[$"q{i}"] = $"{kind}({name})";
        }

        return result;
    }

    private List<(string Name, ColumnType Type)> EventColumns() =>
    [
        ("event_id", ColumnType.Text), ("event_name", ColumnType.Text), ("occurred_at", ColumnType.Timestamp), ("actor_id", ColumnType.Text),
        ("user_id", ColumnType.Text), ("session_id", ColumnType.BigInt),
        .. dimensions.Concat(measures).Select(c => (c.Name, c.Type)),
    ];

    private List<(string Name, ColumnType Type)> SessionColumns() =>
    [
        ("session_id", ColumnType.BigInt), ("actor_id", ColumnType.Text), ("started_at", ColumnType.Timestamp), ("ended_at", ColumnType.Timestamp),
        ("duration_ms", ColumnType.BigInt), ("events", ColumnType.BigInt), ("is_bounce", ColumnType.Boolean), ("is_engaged", ColumnType.Boolean),
        ("is_continuation", ColumnType.Boolean), ("sequence", ColumnType.Text), ("first_user_id", ColumnType.Text), ("last_user_id", ColumnType.Text),
        .. _counts.Select(c => ("count_" + c, ColumnType.BigInt)),
        .. dimensions.SelectMany(d => new[] { ("first_" + d.Name, d.Type), ("last_" + d.Name, d.Type) }),
        .. measures.Select(m => ("sum_" + m.Name, m.Type.Kind == TypeKind.Double ? ColumnType.Double : ColumnType.Decimal(30, m.Type.Scale))),
    ];

    /// <summary>A value or a list of values of a column, as a pipeline file has them.</summary>
    private JsonNode Condition(RandomColumn column, int most = 3)
    {
        JsonNode Value(object value) => value is bool or long ? JsonNode.Parse(DimensionText.Of(value)!)! : JsonValue.Create(DimensionText.Of(value)!);
        var values = Some(column.Values, most).Select(Value).ToArray();
        return values.Length == 1 && random.Next(2) == 0 ? values[0] : new JsonArray(values);
    }

    /// <summary>Up to so many different ones, at least one where there is any.</summary>
    private List<T> Some<T>(IEnumerable<T> from, int most)
    {
        var all = from.Distinct().ToArray();
        random.Shuffle(all);
        return [.. all.Take(most == 0 ? 0 : 1 + random.Next(most))];
    }
}
