using System.Globalization;
using BatchEtl.Core.Runs;

namespace BatchEtl.Cli.Output;

/// <summary>What a night would run, for people; its SQL as text that other tools can take.</summary>
internal static class PlanText
{
    public static void Write(TextWriter target, DayPlan plan, bool withSql)
    {
        var comment = withSql ? "-- " : string.Empty;
        target.WriteLine($"{comment}{plan.Day:yyyy-MM-dd}: {plan.Reason}");
        target.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{comment}  reads {plan.Files.Count:N0} landed files, {plan.Files.Sum(f => f.Records):N0} records, {plan.Files.Sum(f => f.Bytes) / 1e6:N1} MB"));
        foreach (var folder in plan.Files.GroupBy(f => f.Folder.Path))
        {
            target.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{comment}    {folder.Key}  {folder.Count()} files, {folder.Sum(f => f.Records):N0} records"));
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
}
