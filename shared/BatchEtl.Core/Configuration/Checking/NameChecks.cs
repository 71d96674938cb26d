using BatchEtl.Core.Configuration.Reading;

namespace BatchEtl.Core.Configuration.Checking;

/// <summary>"A name that a table already has, ignoring case, is refused" (tables.md); nor may a column be called as the partition.</summary>
internal static class NameChecks
{
    private static readonly string[] OfEvents = ["event_id", "event_name", "occurred_at", "actor_id", "user_id", "session_id", "dt"];

    private static readonly string[] OfSessions =
    [
        "session_id", "actor_id", "started_at", "ended_at", "duration_ms", "events", "is_bounce", "is_engaged",
        "is_continuation", "sequence", "sequence_cut", "first_user_id", "last_user_id", "dt",
    ];

    private static readonly string[] OfActors = ["actor_id", "first_seen", "last_seen", "user_id", "activity", "dt"];

    private static readonly string[] OfCubes = ["grouping_id", "dt"];

    public static void Run(CheckContext context)
    {
        Pipeline pipeline = context.Pipeline;
        (string Path, MappedColumn Column)[] mapped =
        [
            .. pipeline.Events.Dimensions.Select(d => ($"events.dimensions.{d.Name}", d)),
            .. pipeline.Events.Measures.Select(m => ($"events.measures.{m.Name}", m)),
        ];
        Unique(context, "table events", OfEvents, mapped.Select(m => (m.Path, m.Column.Name)));
        Unique(context, "table sessions", OfSessions,
        [
            .. pipeline.Sessions.Counts.Select(c => ($"sessions.counts.{c.Key}", "count_" + c.Key)),
            .. mapped.Where(m => m.Column.Role == ColumnRole.Dimension)
                .SelectMany(d => new[] { (d.Path, "first_" + d.Column.Name), (d.Path, "last_" + d.Column.Name) }),
            .. mapped.Where(m => m.Column.Role == ColumnRole.Measure).Select(m => (m.Path, "sum_" + m.Column.Name)),
        ]);
        Unique(context, "table actors", OfActors, pipeline.Metrics.Dimensions.Select((d, i) => ($"metrics.dimensions[{i}]", "last_" + d)));
        Unique(context, "cubes", [], pipeline.Cubes.Select(c => ($"cubes.{c.Name}", c.Name)));
        Unique(context, "metrics.declare", StandardMetrics.Names, pipeline.Metrics.Declared.Select(m => ($"metrics.declare.{m.Name}", m.Name)));
        foreach (CubeDefinition cube in pipeline.Cubes)
        {
            string path = $"cubes.{cube.Name}";
            Unique(context, $"table cube_{cube.Name}", OfCubes,
            [
                .. cube.Dimensions.Select((d, i) => ($"{path}.dimensions[{i}]", d)),
                .. (cube.Levels?.Names ?? []).Select((l, i) => ($"{path}.levels.names[{i}]", l)),
                .. cube.Measures.Select(m => ($"{path}.measures.{m.Name}", m.Name)),
            ]);
        }
    }

    private static void Unique(CheckContext context, string place, IEnumerable<string> own, IEnumerable<(string Path, string Name)> names)
    {
        var taken = own.ToDictionary(n => n, _ => "", StringComparer.OrdinalIgnoreCase);
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string path, string name) in names)
        {
            // The same path twice is a repeated key, and reported as such; a dimension's first_ and last_ collide together.
            if (!taken.TryAdd(name, path) && taken[name] != path && reported.Add(path))
            {
                string first = taken[name].Length == 0 ? "its own" : context.At(taken[name]).ToString();
                context.Add(path, $"name {Quoted.Value(name)} in {place} a second time (first: {first})", "another name; case does not count");
            }
        }
    }
}
