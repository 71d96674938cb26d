using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Time;

namespace BatchEtl.Jobs.Events;

/// <summary>
/// All landed records of a day with their judgement as one step, for engines that read landed files once
/// (<see cref="Core.Engines.IEngine.KeepsLandedRecords"/>). Mapped columns are there for records that may matter to the day.
/// </summary>
internal static class LandedStep
{
    public const string Name = "landed";

    /// <summary>Reads the files.</summary>
    public static void Make(DayBuild build, LandedRecords records, IReadOnlyList<LandedScan> scans)
    {
        var window = build.Windows.Records;
        var names = build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)).Where(n => n != Time(build))
            .Select(n => $"CASE WHEN {Inside(build, window)} THEN {n} END AS {n}")
            .Append(Time(build));
        build.Engine.Materialize(
            Name,
            $"SELECT {LandedColumns.FileIndex}, {LandedColumns.RecordNumber}, {LandedColumns.FolderStart}, _reason, _excluded, _raw, {string.Join(", ", names)} FROM ({records.Judged(scans)}) AS judged",
            build.Cancellation);
    }

    /// <summary>The mapped columns of records that are neither rejected nor excluded and lie in a window.</summary>
    public static string Valid(DayBuild build, Window window) =>
        $"SELECT {string.Join(", ", build.Columns.Select(c => build.Engine.Dialect.Identifier(c.Name)))} FROM {Name} WHERE _reason IS NULL AND _excluded IS NULL AND {Inside(build, window)}";

    /// <summary>Rejected records of the day's landing folders, as <c>rejects.sql</c> wants them.</summary>
    public static string Rejected(DayBuild build) =>
        $"(SELECT _reason AS reason, {LandedColumns.FileIndex} AS file, {LandedColumns.RecordNumber} AS number, _raw AS raw FROM {Name} "
        + $"WHERE _reason IS NOT NULL AND {LandedColumns.FolderStart} >= {Dialect.Long(build.Windows.Start)} AND {LandedColumns.FolderStart} < {Dialect.Long(build.Windows.End)})";

    private static string Time(DayBuild build) => build.Engine.Dialect.Identifier("occurred_at");

    private static string Inside(DayBuild build, Window window) =>
        $"{Time(build)} >= {Dialect.Long(window.Start)} AND {Time(build)} < {Dialect.Long(window.End)}";
}
