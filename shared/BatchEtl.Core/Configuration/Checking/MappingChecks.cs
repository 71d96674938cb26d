using BatchEtl.Core.Configuration.Reading;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Configuration.Checking;

/// <summary>Conditions on dimensions (E7, A5), and $topic, which needs {topic} in the layout (E1).</summary>
internal static class MappingChecks
{
    public static void Run(CheckContext context)
    {
        Pipeline pipeline = context.Pipeline;
        for (int i = 0; i < pipeline.Events.Exclude.Count; i++)
        {
            context.Conditions($"events.exclude[{i}]", pipeline.Events.Exclude[i], context.Dimensions, "dimension");
        }

        foreach (FunnelDefinition funnel in pipeline.Funnels)
        {
            for (int i = 0; i < funnel.Steps.Count; i++)
            {
                context.Conditions($"funnels.{funnel.Name}.steps[{i}].where", funnel.Steps[i].Where, context.Dimensions, "dimension");
            }
        }

        if (LandingLayout.TryParse(pipeline.Landing.Layout, pipeline.Landing.Zone, out LandingLayout? layout, out _) && !layout.HasTopic)
        {
            foreach (MappedColumn column in pipeline.Events.Columns.Where(c => c.Alternatives.SelectMany(Paths).Any(p => p.Steps is [TopicStep])))
            {
                string path = column.Role switch
                {
                    ColumnRole.Dimension => $"events.dimensions.{column.Name}",
                    ColumnRole.Measure => $"events.measures.{column.Name}",
                    _ => $"events.{column.Name}",
                };
                context.Add(path, $"{path} reads $topic, but landing.layout {Quoted.Value(layout.Text)} has no {{topic}}", "a layout such as {topic}/{yyyy}/{MM}/{dd}, or another path");
            }
        }
    }

    private static IEnumerable<FieldPath> Paths(Alternative alternative) => alternative switch
    {
        PathAlternative path => [path.Path],
        JoinedAlternative joined => joined.Paths,
        _ => [],
    };
}
