using BatchEtl.Core.Engines;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>What building a day would take.</summary>
/// <param name="Planned">The day, how much of it, and why.</param>
/// <param name="Files">Landed files that it would read.</param>
/// <param name="Partitions">Published partitions that it would read.</param>
/// <param name="Statements">In order, by job; which of them a run needs can depend on what the earlier ones find.</param>
public sealed record DayPlan(
    PlannedDay Planned,
    IReadOnlyList<LandedFile> Files,
    IReadOnlyList<(string Table, DateOnly Day)> Partitions,
    IReadOnlyList<(string Job, RecordedStatement Statement)> Statements);

/// <summary>Goes through a day's jobs without running them.</summary>
internal sealed class DayPlanner(RunParts parts, IEngine engine, DateOnly historyStart)
{
    /// <exception cref="Errors.BatchEtlException">As the run itself would be refused, or its input is not there.</exception>
    /// <param name="changed">Days whose events the run is about to build before this one.</param>
    public DayPlan Plan(PlannedDay planned, IReadOnlyCollection<DateOnly> changed, CancellationToken cancellation)
    {
        var calendar = new DayCalendar(parts.Pipeline.Zone);
        var windows = new DayWindows(parts.Pipeline, calendar, planned.Day);
        _ = new RunRules(parts, calendar).Admit(windows, historyStart);
        var recorder = new StatementRecorder(engine);
        var tables = new PlannedTables(parts.Warehouse, planned.Day);
        var chain = planned.Scope == DayScope.Chain;
        var published = chain ? parts.Warehouse.Manifests.Read(planned.Day)! : null;
        var jobs = published is not null ? Lineage.Due(parts, windows, published, changed) : parts.Jobs;
        var build = published is not null
            ? DayBuild.OfPublished(parts, windows, published, recorder, tables, cancellation)
            : DayBuild.Of(
                parts, windows, parts.Landing.Find(windows, cancellation), recorder, tables, historyStart, parts.Warehouse.PublishedTypes(planned.Day, historyStart), _ => { }, cancellation);
        var statements = new List<(string, RecordedStatement)>();
        foreach (var job in jobs)
        {
            var before = recorder.Statements.Count;
            job.Build(build);
            statements.AddRange(recorder.Statements.Skip(before).Select(s => (job.Name, s)));
        }

        statements.AddRange(jobs.SelectMany(j => j.Checks(build).Select(c => (j.Name, new RecordedStatement($"check {c.Table}.{c.Name}", c.Query)))));
        return new DayPlan(planned, build.Files, [.. tables.Read], statements);
    }

    /// <summary>The tables of a day that is not built: its own files are named, not made, and published partitions that are asked for are noted.</summary>
    private sealed class PlannedTables(Warehouse warehouse, DateOnly planned) : IDayTables
    {
        private readonly HashSet<string> _staged = [];

        public SortedSet<(string Table, DateOnly Day)> Read { get; } = [];

        public IReadOnlyList<string>? Files(string table, DateOnly day)
        {
            if (day == planned && _staged.Contains(table))
            {
                return [$"{Folder(table)}/part-000.parquet"];
            }

            var files = warehouse.Files(table, day);
            if (files is not null)
            {
                Read.Add((table, day));
            }

            return files;
        }

        public string Stage(string table)
        {
            _staged.Add(table);
            return Folder(table);
        }

        public string Scratch(string name) => $"{warehouse.Staging("RUN")}/_scratch/{Warehouse.PartitionName(planned)}/{name}";

        public double? Completeness(DateOnly day) => warehouse.Manifests.Read(day)?.Completeness;

        public IReadOnlyCollection<string>? Columns(DateOnly day) => warehouse.Manifests.Read(day)?.Types.Keys.ToList();

        private string Folder(string table) => warehouse.Staging("RUN", table, planned);
    }
}
