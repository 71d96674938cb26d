using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Jobs;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Tables;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Runs;

/// <summary>Builds, checks and publishes the days of a run, one after the other (P1).</summary>
public sealed class DayRunner
{
    private readonly RunParts _parts;
    private readonly Publisher _publisher;
    private readonly IEngine _engine;
    private readonly string _runId;
    private readonly DateOnly _historyStart;
    private readonly DateOnly _runDay;
    private readonly DayCalendar _calendar;
    private readonly List<Restatement> _restatements = [];

    /// <param name="runDay">The run's own day, its last: where it says what it restated.</param>
    public DayRunner(RunParts parts, Publisher publisher, IEngine engine, string runId, DateOnly historyStart, DateOnly runDay)
    {
        (_parts, _publisher, _engine, _runId, _historyStart, _runDay) = (parts, publisher, engine, runId, historyStart, runDay);
        _calendar = new DayCalendar(parts.Pipeline.Zone);
    }

    /// <summary>What the run's days so far restated.</summary>
    public IReadOnlyList<Restatement> Restatements => _restatements;

    /// <summary>Runs a day to its published manifest.</summary>
    /// <param name="unprocessed">Files of older folders that wait (P4); for the manifest.</param>
    /// <exception cref="BatchEtlException">Refused, bad input, or a failed check; nothing was published then.</exception>
    public Manifest Run(PlannedDay planned, IReadOnlyList<string> unprocessed, CancellationToken cancellation)
    {
        var windows = new DayWindows(_parts.Pipeline, _calendar, planned.Day);
        var provisional = new RunRules(_parts, _calendar).Admit(windows, _historyStart);
        var warnings = new Warnings(_parts.Log, planned.Day);
        var steps = new StepTimes(_parts, planned.Day);
        var tables = new DayTables(_parts.Warehouse, _runId, planned.Day);
        var before = _parts.Warehouse.Manifests.Read(planned.Day);
        var built = planned.Scope == DayScope.Chain
            ? BuildChain(windows, before!, tables, warnings, steps, cancellation)
            : BuildAll(windows, before, provisional, tables, warnings, steps, cancellation);
        var after = built.Manifest with { Unprocessed = unprocessed };
        after = after with { Versions = Lineage.Versions(before, after, planned) };
        var partitions = steps.Time("read back", 0, () => ReadBack(built.Written, tables, cancellation));
        var restatement = planned.Scope == DayScope.All ? Restatement.Of(before, after, planned.Reason) : null;
        partitions.AddRange(steps.Time("restatements", 0, () => StageRestatements(planned.Day, restatement, cancellation)));
        cancellation.ThrowIfCancellationRequested();
        var published = steps.Time("publish", 0, () => _publisher.Publish(after with { Seconds = steps.Seconds }, partitions));
        if (restatement is not null)
        {
            _restatements.Add(restatement);
        }

        return published;
    }

    /// <summary>Everything, from what landed.</summary>
    private BuiltDay BuildAll(DayWindows windows, Manifest? before, bool provisional, DayTables tables, Warnings warnings, StepTimes steps, CancellationToken cancellation)
    {
        var landed = steps.Time("look into files", 0, () => _parts.Landing.Find(windows, cancellation));
        CheckLanded(windows, landed, warnings);
        var build = DayBuild.Of(_parts, windows, landed, _engine, tables, _historyStart, _parts.Warehouse.PublishedTypes(windows.Day, _historyStart), warnings.Add, cancellation);
        PipelineChecks.WithTypes(_parts.Pipeline, build.Columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal));
        var records = landed.Files.Sum(f => f.Records ?? 0);
        foreach (var job in _parts.Jobs)
        {
            _publisher.Verify();
            steps.Time(job.Name, records, () => job.Build(build));
            if (job == _parts.Jobs[0])
            {
                CheckRejects(build, warnings.Add);
            }
        }

        var checks = steps.Time("checks", 0, () => Check(build, _parts.Jobs, warnings.Add));
        var written = steps.Time("count rows", 0, () => CountRows(build, build.Contracts.All));
        return new BuiltDay(Describe(build, landed, provisional, checks, warnings) with { Tables = Kept(before) }, written);
    }

    /// <summary>What reads earlier days, from the day's published events and sessions (A1).</summary>
    private BuiltDay BuildChain(DayWindows windows, Manifest published, DayTables tables, Warnings warnings, StepTimes steps, CancellationToken cancellation)
    {
        if (RunSettings.Differences(RunSettings.Of(_parts.Pipeline, _historyStart), published.Settings) is { Count: > 0 } differences)
        {
            throw BatchEtlException.Refused(
                $"{windows.Day:yyyy-MM-dd} must be run again for an earlier day and was made with other settings: {string.Join(", ", differences)} (P5); restore them, or backfill from {_historyStart:yyyy-MM-dd} with the new ones");
        }

        if (new[] { "events", "sessions" }.FirstOrDefault(t => tables.Files(t, windows.Day) is null) is { } gone)
        {
            throw BatchEtlException.Refused(
                $"{windows.Day:yyyy-MM-dd} must be run again for an earlier day, from its published events and sessions; its {gone} {(published.Expired.ContainsKey(gone) ? "have expired (warehouse.keep)" : "are gone")}; backfill --force it while what landed is there, or begin a new warehouse with a later day");
        }

        var build = DayBuild.OfPublished(_parts, windows, published, _engine, tables, cancellation);
        var jobs = Lineage.Due(_parts, windows, published, []);
        foreach (var job in jobs)
        {
            _publisher.Verify();
            steps.Time(job.Name, 0, () => job.Build(build));
        }

        var checks = steps.Time("checks", 0, () => Check(build, jobs, warnings.Add));
        var written = steps.Time("count rows", 0, () => CountRows(build, build.Contracts.All.Where(c => tables.Staged.Contains(c.Name))));
        var manifest = published with
        {
            RunId = _runId,
            AsOf = _parts.AsOf,
            Engine = $"{_engine.Name} {_engine.Version}",
            ProgramVersion = _parts.ProgramVersion,
            Configuration = ConfigurationSections.With(published.Configuration, _parts.Pipeline.Written, ConfigurationSections.OfTables),
            Read = ReadAgain(published, Lineage.ReadBy(jobs, _parts, windows, _historyStart)),
            Checks = [.. published.Checks.Where(c => !tables.Staged.Contains(c.Table)), .. checks],
            Warnings = [.. published.Warnings, .. warnings.All],
        };
        return new BuiltDay(manifest, written);
    }

    /// <summary>What the jobs that ran have read by now; of the tables that only others read, what they had read. Sessions are behind events, which stay.</summary>
    private static IReadOnlyList<ManifestRead> ReadAgain(Manifest published, IReadOnlyList<ManifestRead> read)
    {
        var tables = read.Select(r => r.Table).Where(t => t != "sessions").ToHashSet();
        return [.. published.Read.Where(r => !tables.Contains(r.Table)), .. read.Where(r => tables.Contains(r.Table))];
    }

    private void CheckLanded(DayWindows windows, LandedDay landed, Warnings warnings)
    {
        var waiting = landed.NotLanded.Where(f => windows.Window.Contains(f.Window.Start)).Select(f => f.Path).ToList();
        if (waiting.Count > 0 && !_parts.Provisional)
        {
            throw BatchEtlException.Input(
                $"{_parts.Pipeline.Landing.Root}: expected '{_parts.Pipeline.Landing.DoneFlag}' in every folder of {windows.Day:yyyy-MM-dd}, missing in {string.Join(", ", waiting.Take(5))}{(waiting.Count > 5 ? $" and {waiting.Count - 5} more" : "")}; wait for them, or run with --provisional");
        }

        foreach (var file in landed.Files.Where(f => f.Bytes == 0))
        {
            warnings.Add($"{file.RelativePath} has 0 bytes: its writer has not flushed yet, or has died");
        }

        foreach (var lost in landed.Lost)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{lost.File}: {lost.Bytes} bytes from byte {lost.Position} on were left out: {lost.Reason}"));
        }
    }

    /// <summary>E3: too many rejects, or nothing at all, stop the run.</summary>
    private void CheckRejects(DayBuild build, Action<string> warn)
    {
        var counts = build.Counts;
        var options = _parts.Pipeline.Events;
        if (counts.Records == 0 && !options.AllowEmpty)
        {
            throw BatchEtlException.Input(
                $"{_parts.Pipeline.Landing.Root}: expected records in the landing folders of {build.Day:yyyy-MM-dd}, found none; check landing.layout and landing.files, or set events.allow_empty: true");
        }

        var late = counts.Rejects.GetValueOrDefault("too_late");
        var rejected = counts.Rejects.Values.Sum() - late;
        var limit = options.MaxRejectRatio * counts.Records;
        if (rejected > limit)
        {
            var reasons = string.Join(", ", counts.Rejects.Where(r => r.Key != "too_late").OrderByDescending(r => r.Value).Select(r => $"{r.Key} {r.Value}"));
            throw BatchEtlException.Input(string.Create(
                CultureInfo.InvariantCulture,
                $"{build.Day:yyyy-MM-dd}: expected at most {options.MaxRejectRatio:P2} rejected records of {counts.Records}, found {rejected} ({reasons}); look at them with 'run rejects', correct the mapping, or raise events.max_reject_ratio"));
        }

        if (late > limit)
        {
            warn(string.Create(CultureInfo.InvariantCulture, $"{late} of {counts.Records} records landed more than landing.lateness after they occurred"));
        }
    }

    private List<ManifestCheck> Check(DayBuild build, IReadOnlyList<IJob> jobs, Action<string> warn)
    {
        var results = new List<ManifestCheck>();
        var failures = new List<string>();
        var checks = jobs.SelectMany(j => j.Checks(build)).Where(c => Over(c)?.Severity != "off").ToList();
        foreach (var (check, found) in checks.Zip(build.Numbers([.. checks.Select(c => c.Query)])))
        {
            var over = Over(check);
            var severity = over?.Severity switch { "warn" => CheckSeverity.Warn, "fail" => CheckSeverity.Fail, _ => check.Severity };
            var limit = over?.Limit ?? check.Limit;
            results.Add(new ManifestCheck(check.Table, check.Name, severity, found <= limit, found));
            if (found > limit)
            {
                var message = string.Create(CultureInfo.InvariantCulture, $"check {check.Table}.{check.Name}: {check.Means}; expected at most {limit}, found {found}");
                (severity == CheckSeverity.Fail ? failures.Add : warn)(message);
            }
        }

        return failures.Count == 0
            ? results
            : throw new BatchEtlException(ExitCode.CheckFailed, $"{build.Day:yyyy-MM-dd} was not published: {string.Join("; ", failures)}");

        CheckOverride? Over(TableCheck check) => _parts.Pipeline.Checks.GetValueOrDefault(check.Name);
    }

    /// <summary>What a published day keeps when everything is built again: what runs restated under it.</summary>
    private static Dictionary<string, ManifestTable> Kept(Manifest? before) =>
        before?.Tables.Where(t => t.Key == TableContracts.Restatements.Name).ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal) ?? [];

    /// <summary>How many rows the engine finds in what it wrote.</summary>
    private static IReadOnlyList<WrittenTable> CountRows(DayBuild build, IEnumerable<TableContract> contracts)
    {
        var written = contracts.ToList();
        var rows = build.Numbers([.. written.Select(c => DayBuild.Counting(build.Relation(c.Name, build.Day)))]);
        return [.. written.Zip(rows, (contract, count) => new WrittenTable(contract, (long)count))];
    }

    /// <summary>Reads the staged files back with another reader than the one that wrote them.</summary>
    private List<StagedPartition> ReadBack(IReadOnlyList<WrittenTable> written, DayTables tables, CancellationToken cancellation) =>
        [.. written.Select(w => ReadBack(w.Contract, tables.Built, tables.StagedFiles(w.Contract.Name) ?? [], w.Rows, cancellation))];

    private StagedPartition ReadBack(TableContract contract, DateOnly day, IReadOnlyList<string> staged, long expected, CancellationToken cancellation)
    {
        var files = _parts.Audit(staged, contract, cancellation);
        var rows = files.Sum(f => f.Rows);
        return rows == expected
            ? new StagedPartition(contract.Name, day, rows, [.. files.Select(f => f.File)])
            : throw new BatchEtlException(ExitCode.CheckFailed, $"{contract.Name} of {day:yyyy-MM-dd}: expected {expected} rows in the files read back, found {rows}; nothing was published");
    }

    /// <summary>Writes what the run's day says about restated days so far, and one more; a day that has no such partition yet gets an empty one (P1).</summary>
    private IEnumerable<StagedPartition> StageRestatements(DateOnly day, Restatement? restatement, CancellationToken cancellation)
    {
        var table = new RestatementTable(_engine, _parts.Warehouse, _parts.Pipeline.Warehouse.Compression);
        var partitions = new List<(DateOnly Day, Restatement? Added)>();
        if (day == _runDay || restatement is not null)
        {
            partitions.Add((_runDay, restatement));
        }

        if (day != _runDay && _parts.Warehouse.Files(TableContracts.Restatements.Name, day) is null)
        {
            partitions.Add((day, null));
        }

        return partitions.Select(p =>
        {
            var (rows, files) = table.Stage(_runId, p.Day, p.Added, cancellation);
            return ReadBack(TableContracts.Restatements, p.Day, files, rows, cancellation);
        }).ToList();
    }

    private Manifest Describe(
        DayBuild build, LandedDay landed, bool provisional, IReadOnlyList<ManifestCheck> checks, Warnings warnings)
    {
        var counts = build.Counts;
        return new Manifest
        {
            Day = build.Day,
            RunId = _runId,
            AsOf = _parts.AsOf,
            Provisional = provisional,
            Engine = $"{_engine.Name} {_engine.Version}",
            ProgramVersion = _parts.ProgramVersion,
            HistoryStart = build.HistoryStart,
            Settings = RunSettings.Of(_parts.Pipeline, build.HistoryStart),
            Types = build.Columns.Where(c => c.Role != ColumnRole.OccurredAt).ToDictionary(c => c.Name, c => c.PublishedType.ToString(), StringComparer.Ordinal),
            Configuration = _parts.Pipeline.Written,
            Counts = new ManifestCounts
            {
                Records = counts.Records,
                Rejects = counts.Rejects,
                Excluded = counts.Excluded,
                BeforeHistory = counts.BeforeHistory,
                Erased = counts.Erased,
                Duplicates = counts.Duplicates,
                Events = counts.Events,
                Sessions = counts.Sessions,
                Actors = counts.Actors,
                Sums = counts.Sums.ToDictionary(s => s.Key, s => (string?)s.Value, StringComparer.Ordinal),
            },
            Completeness = counts.Completeness,
            HoursSeen = [.. counts.HoursSeen],
            Hours = counts.Hours,
            Inputs =
            [
                .. landed.Files.Select(f => new ManifestInput(
                    f.RelativePath, f.Bytes, counts.FileRecords.GetValueOrDefault(f.Index), counts.InputFiles.Contains(f.Index),
                    counts.FileDays.TryGetValue(f.Index, out var days) ? days : new SortedDictionary<DateOnly, long>())
                {
                    Modified = f.Modified,
                    Warnings = f.Bytes == 0 ? ["0 bytes"] : [],
                }),
            ],
            Lost = [.. landed.Lost.Select(l => new ManifestLoss(l.File, l.Position, l.Bytes, l.Reason))],
            Skipped = _parts.Pipeline.Landing.SkipFiles,
            NotLanded = [.. landed.NotLanded.Select(f => f.Path)],
            Read = Lineage.ReadBy(_parts.Jobs, _parts, build.Windows, _historyStart),
            Checks = checks,
            Warnings = warnings.All,
        };
    }

    /// <param name="Manifest">All but what publishing adds.</param>
    private sealed record BuiltDay(Manifest Manifest, IReadOnlyList<WrittenTable> Written);

    /// <param name="Rows">As the engine counts them.</param>
    private sealed record WrittenTable(TableContract Contract, long Rows);

    /// <summary>What is odd about a day: said at once, and kept for the manifest.</summary>
    private sealed class Warnings(IRunLog log, DateOnly day)
    {
        private readonly List<string> _all = [];

        public IReadOnlyList<string> All => _all;

        public void Add(string message)
        {
            _all.Add(message);
            log.Warning($"{day:yyyy-MM-dd}: {message}");
        }
    }
}
