using System.Globalization;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;

namespace BatchEtl.Cli.Output;

/// <summary>What a night would run, for people; its SQL as text that other tools can take.</summary>
internal static class PlanText
{
    public static void Write(TextWriter target, DayPlan plan, bool withSql)
    {
        var comment = withSql ? "-- " : string.Empty;
        var planned = plan.Planned;
        target.WriteLine($"{comment}{planned.Day:yyyy-MM-dd}: {planned.Reason}{(planned.Scope == DayScope.Chain ? "; events and sessions stay" : "")}");
        target.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{comment}  reads {plan.Files.Count:N0} landed files{Records(plan.Files)}, {plan.Files.Sum(f => f.Bytes) / 1e6:N1} MB"));
        foreach (var folder in plan.Files.GroupBy(f => f.Folder.Path))
        {
            target.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{comment}    {folder.Key}  {folder.Count()} files{Records([.. folder])}"));
        }

        foreach (var (table, day) in plan.Partitions)
        {
            target.WriteLine($"{comment}  reads {table} of {day:yyyy-MM-dd}");
        }

        if (!withSql)
        {
            return;
        }

        foreach (var (job, statement) in plan.Statements)
        {
            target.WriteLine();
            target.WriteLine($"-- {job}: {statement.Purpose}");
            target.WriteLine($"{statement.Sql};");
        }
    }

    /// <summary>How many records files hold, after a comma; nothing where they were not counted.</summary>
    public static string Records(IReadOnlyList<LandedFile> files) => files.All(f => f.Records is not null)
        ? string.Create(CultureInfo.InvariantCulture, $", {files.Sum(f => f.Records):N0} records")
        : string.Empty;
}
