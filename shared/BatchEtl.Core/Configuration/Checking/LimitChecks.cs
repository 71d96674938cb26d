using BatchEtl.Core.Configuration.Reading;

namespace BatchEtl.Core.Configuration.Checking;

/// <summary>Limits across sections: how far a day reaches (S3, E4), what an engine can do (E6), and how long tables are kept (P6).</summary>
internal static class LimitChecks
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(20);

    private static readonly string[] Tables =
    [
        "events", "rejects", "sessions", "actors", "metrics", "retention", "funnels", "anomalies", "event_catalog",
        "event_columns", "restatements",
    ];

    public static void Run(CheckContext context)
    {
        SessionOptions sessions = context.Pipeline.Sessions;
        Sum(context, "sessions.gap", sessions.Gap, "sessions.carry_over", sessions.CarryOver);
        Sum(context, "sessions.gap", sessions.Gap, "events.dedupe.horizon", context.Pipeline.Events.DedupeHorizon);
        if (context.Pipeline.Engine.Name == "spark" && context.Pipeline.Landing.OnCorrupt == CorruptFilePolicy.Skip)
        {
            context.Add("landing.on_corrupt", "landing.on_corrupt is 'skip' with the engine spark", "fail, or the engine duckdb: Spark can't leave out exactly what is damaged");
        }

        string[] tables = [.. Tables, .. context.Pipeline.Cubes.Select(c => "cube_" + c.Name)];
        foreach (string table in context.Pipeline.Warehouse.Keep.Keys.Where(t => !tables.Contains(t)))
        {
            context.Add($"warehouse.keep.{table}", $"no table {Quoted.Value(table)} for warehouse.keep", $"one of {string.Join(", ", tables)}", table, tables);
        }
    }

    private static void Sum(CheckContext context, string a, TimeSpan ofA, string b, TimeSpan ofB)
    {
        if (ofA + ofB > Longest)
        {
            // Report the one that the file gives.
            string at = context.At(b) != context.At(ParentOf(b)) || context.At(a) == context.At(ParentOf(a)) ? b : a;
            context.Add(
                at, $"{a} + {b} is {Literals.Write(ofA)} + {Literals.Write(ofB)}", "at most 20h together, so that a day can be built alone");
        }
    }

    private static string ParentOf(string path) => path[..path.LastIndexOf('.')];
}
