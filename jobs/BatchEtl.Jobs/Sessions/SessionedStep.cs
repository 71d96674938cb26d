using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Jobs.Events;

namespace BatchEtl.Jobs.Sessions;

/// <summary>
/// The day's events with their sessions as one step, for engines that read landed files once
/// (<see cref="Core.Engines.IEngine.KeepsLandedRecords"/>): events(D) and sessions(D) are read from it.
/// </summary>
internal static class SessionedStep
{
    public const string Name = "sessioned";

    /// <summary>What a session's events share.</summary>
    public const string Key = "actor_id, _chain_at, _is_continuation";

    /// <summary>So many are sorted in memory at once, and make a file of some 20 MB.</summary>
    private const long RecordsPerPart = 500_000;

    private static readonly SqlTemplate _sessioned = SqlTemplate.Beside<SessionMapJob>("sessioned.sql");

    /// <summary>Settles repeated ids, and makes the step from what is left.</summary>
    public static void Make(DayBuild build)
    {
        var windows = build.Windows;
        var dialect = build.Engine.Dialect;
        var columns = build.Columns.Select(c => dialect.Identifier(c.Name)).ToList();
        if (build.Columns.All(c => c.Role != ColumnRole.UserId))
        {
            // Sessions have it, mapped or not.
            columns.Add($"CAST(NULL AS {build.Engine.TypeName(ColumnType.Text)}) AS user_id");
        }

        build.Engine.Keep(
            Name,
            _sessioned.Render(dialect, new Dictionary<string, string>
            {
                ["events"] = $"({KeptEvents.Settled(build, build.InHistory(windows.SessionEvents))})",
                ["parts"] = Dialect.Long(1 + (build.Counts.ValidRecords / RecordsPerPart)),
                ["yesterday"] = SessionMapJob.Yesterday,
                ["gap"] = Dialect.Long(windows.Gap),
                ["start"] = Dialect.Long(windows.Start),
                ["cut"] = Dialect.Long(windows.Start + windows.CarryOver),
                ["end"] = Dialect.Long(windows.End),
                ["columns"] = string.Join(", ", columns),
                ["text"] = build.Engine.TypeName(ColumnType.Text),
                ["actor_text"] = SessionMapJob.AsText(build, ColumnRole.ActorId, "actor_id"),
                ["first_event_text"] = SessionMapJob.AsText(build, ColumnRole.EventId, "_first_event_id"),
            }),
            build.Cancellation);
    }

    /// <summary>Which events belong to sessions that began on D: those that go on with yesterday's do not.</summary>
    public static string BegunToday(DayBuild build) => $"(_is_continuation OR _chain_at >= {Dialect.Long(build.Windows.Start)})";
}
