using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;

namespace BatchEtl.Jobs.Events;

/// <summary>
/// Decides which records of repeated ids are duplicates (E4): the step <see cref="Candidates"/>, filled by who reads the
/// landed files next, becomes the step <see cref="Settled"/> (the same with is_duplicate).
/// </summary>
internal static class Repeats
{
    /// <summary>Valid records whose event_id may occur more than once: the mapped columns.</summary>
    public const string Candidates = "candidates";

    public const string Settled = "settled";

    private static readonly SqlTemplate _settled = SqlTemplate.Beside<LandingJob>("settled.sql");

    public static void Settle(DayBuild build)
    {
        var names = build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)).ToList();
        build.Engine.Materialize(
            Settled,
            _settled.Render(build.Engine.Dialect, new Dictionary<string, string>
            {
                ["candidates"] = Candidates,
                ["columns"] = string.Join(", ", names),
                ["content"] = string.Join(", ", build.Columns.Where(c => c.Role is not (ColumnRole.EventId or ColumnRole.OccurredAt)).Select(c => $"{build.Engine.Dialect.Identifier(c.Name)} NULLS LAST")),
                ["horizon"] = Dialect.Long(build.Windows.Horizon),
            }),
            build.Cancellation);
        build.Engine.Drop(Candidates);
        var window = build.Windows.Window;
        build.Counts.Duplicates = build.Count(Settled, $"is_duplicate AND occurred_at >= {Dialect.Long(window.Start)} AND occurred_at < {Dialect.Long(window.End)}");
    }

    /// <summary>The survivors of a window.</summary>
    public static string Survivors(DayBuild build, Core.Time.Window window) =>
        $"SELECT {string.Join(", ", build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)))} FROM {Settled} WHERE NOT is_duplicate AND occurred_at >= {Dialect.Long(window.Start)} AND occurred_at < {Dialect.Long(window.End)}";
}
