namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Reads one of <c>cubes</c> (C1, C4).</summary>
internal static class CubeReader
{
    public static IEnumerable<CubeDefinition> Read(Section pipeline)
    {
        foreach (SourceEntry entry in pipeline.Entries("cubes"))
        {
            Names.Check(pipeline.Context, "cube", entry.Key, entry.KeyAt);
            yield return Read(
                entry.Key, Section.Open(pipeline.Context, $"cubes.{entry.Key}", KeySet.Cube, entry.Value, entry.KeyAt));
        }
    }

    private static CubeDefinition Read(string name, Section cube)
    {
        Section levels = cube.Open("levels", KeySet.Levels, optional: true);
        return new CubeDefinition(
            name,
            AggregateText.Source(cube),
            cube.Texts("dimensions") ?? [],
            levels.IsGiven ? Levels(levels) : null,
            Rollups(cube),
            [.. Measures(cube)]);
    }

    private static LevelsDefinition Levels(Section levels)
    {
        IReadOnlyList<string> names = levels.Texts("names") ?? [];
        foreach (string name in names)
        {
            Names.Check(levels.Context, "level", name, levels.PositionOf("names"));
        }

        return new LevelsDefinition(levels.Text("of", "event_name"), levels.Text("separator", ":"), names);
    }

    private static IReadOnlyList<IReadOnlyList<string>>? Rollups(Section cube)
    {
        string path = cube.PathOf("rollups");
        switch (cube.Find("rollups"))
        {
            case null:
                return [];
            case ScalarNode { Text: "all" }:
                return null;
            case ListNode list:
                return [.. list.Items.Select(item => Kept(cube.Context, path, item))];
            case { } other:
                cube.Context.Errors.Add(other.At, $"{path} is {other.Described}", "all, or lists of the dimensions kept, such as [[country], []]",
                    (other as ScalarNode)?.Text, ["all"]);
                return [];
        }
    }

    private static IReadOnlyList<string> Kept(ReadContext context, string path, SourceNode node)
    {
        if (node is ListNode list)
        {
            return [.. list.Items.Select(i => Section.AsText(context, path, i)).OfType<string>().Distinct(StringComparer.Ordinal)];
        }

        context.Errors.Add(node.At, $"a rollup of {path} is {node.Described}", "a list of the dimensions kept, such as [country]");
        return [];
    }

    private static IEnumerable<CubeMeasure> Measures(Section cube)
    {
        IReadOnlyList<SourceEntry> measures = cube.Entries("measures");
        if (measures.Count == 0 && cube.Find("measures") is MapNode)
        {
            cube.Context.Errors.Add(cube.PositionOf("measures"), $"{cube.PathOf("measures")} is empty", "at least one measure, such as { events: count }");
        }

        foreach (SourceEntry entry in measures)
        {
            Names.Check(cube.Context, "measure", entry.Key, entry.KeyAt);
            string path = $"{cube.PathOf("measures")}.{entry.Key}";
            if (AggregateText.Read(cube.Context, path, entry.Value, AggregateText.OfCubes) is { } aggregate)
            {
                yield return new CubeMeasure(entry.Key, aggregate.Kind, aggregate.Column);
            }
        }
    }
}
