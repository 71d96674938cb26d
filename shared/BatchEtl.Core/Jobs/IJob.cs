using BatchEtl.Core.Configuration;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;

namespace BatchEtl.Core.Jobs;

/// <summary>A published table that a job reads beside what its own night made.</summary>
/// <param name="DaysBefore">How many days before D; 1 = the day before, 0 = D itself.</param>
public sealed record EarlierTable(string Table, int DaysBefore);

/// <summary>
/// A job of the night: builds tables of one day from landed files and from tables and steps of the jobs before it.
/// Knows no engine and does no I/O of its own. Jobs run in the order of the runner's list.
/// </summary>
public interface IJob
{
    /// <summary>Name for progress, timings and errors.</summary>
    string Name { get; }

    /// <summary>The tables that it writes.</summary>
    IReadOnlyList<string> Tables(Pipeline pipeline) => [Name];

    /// <summary>
    /// Whether it reads this day's published events and sessions and earlier days' tables, and nothing that landed: it can be run again
    /// by itself, and is for every later day when an earlier one changes (P4, A1), unless all that it reads are events that did not.
    /// </summary>
    bool IsChained => false;

    /// <summary>The earlier days' tables that it reads where they are published and in history (P3, P5); of a job that reads events alone, those of D (0) too.</summary>
    IEnumerable<EarlierTable> Reads(Pipeline pipeline, DayWindows windows) => [];

    void Build(DayBuild build);

    /// <summary>What must hold for what it built; asked for after <see cref="Build"/>.</summary>
    IEnumerable<TableCheck> Checks(DayBuild build);
}
