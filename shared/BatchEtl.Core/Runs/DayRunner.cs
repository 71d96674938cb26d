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

/// <summary>Builds, checks and publishes one day (P1).</summary>
public sealed class DayRunner
{
    private readonly RunParts _parts;
    private readonly Publisher _publisher;
    private readonly IEngine _engine;
    private readonly string _runId;
    private readonly DayCalendar _calendar;

    public DayRunner(RunParts parts, Publisher publisher, IEngine engine, string runId)
    {
        (_parts, _publisher, _engine, _runId) = (parts, publisher, engine, runId);
        _calendar = new DayCalendar(parts.Pipeline.Zone);
    }

    /// <summary>Runs a day to its published manifest.</summary>
    /// <param name="unprocessed">Files of older folders that wait (P4); for the manifest.</param>
    /// <exception cref="BatchEtlException">Refused, bad input, or a failed check; nothing was published then.</exception>
    public Manifest Run(DateOnly day, DateOnly historyStart, IReadOnlyList<string> unprocessed, CancellationToken cancellation)
    {
        var windows = new DayWindows(_parts.Pipeline, _calendar, day);
        var provisional = new RunRules(_parts, _calendar).Admit(windows, historyStart);
        var warnings = new List<string>();
        var steps = new StepTimes(_parts, day);
        var landed = steps.Time("look into files", 0, () => _parts.Landing.Find(windows, cancellation));
        CheckLanded(windows, landed, warnings);
        var tables = new DayTables(_parts.Warehouse, _runId, day);
        var build = DayBuild.Of(_parts, windows, landed, _engine, tables, historyStart, _parts.Warehouse.PublishedTypes(day, historyStart), Warn, cancellation);
        PipelineChecks.WithTypes(_parts.Pipeline, build.Columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal));
        var records = landed.Files.Sum(f => f.Records ?? 0);
        foreach (var job in _parts.Jobs)
        {
            _publisher.Verify();
            steps.Time(job.Name, records, () => job.Build(build));
            if (job == _parts.Jobs[0])
            {
                CheckRejects(build, Warn);
            }
        }

        var checks = steps.Time("checks", 0, () => Check(build, Warn));
        var partitions = steps.Time("read back", 0, () => ReadBack(build, tables, cancellation));
        var manifest = Describe(build, landed, provisional, checks, warnings, steps) with { Unprocessed = unprocessed };
        cancellation.ThrowIfCancellationRequested();
        return steps.Time("publish", 0, () => _publisher.Publish(manifest, partitions));

        void Warn(string message)
        {
            warnings.Add(message);
            _parts.Log.Warning($"{day:yyyy-MM-dd}: {message}");
        }
    }

    private void CheckLanded(DayWindows windows, LandedDay landed, List<string> warnings)
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

        foreach (var warning in warnings)
        {
            _parts.Log.Warning($"{windows.Day:yyyy-MM-dd}: {warning}");
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

    private List<ManifestCheck> Check(DayBuild build, Action<string> warn)
    {
        var results = new List<ManifestCheck>();
        var failures = new List<string>();
        var checks = _parts.Jobs.SelectMany(j => j.Checks(build)).Where(c => Over(c)?.Severity != "off").ToList();
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

    private List<StagedPartition> ReadBack(DayBuild build, DayTables tables, CancellationToken cancellation)
    {
        var partitions = new List<StagedPartition>();
        var written = build.Numbers([.. build.Contracts.All.Select(c => DayBuild.Counting(build.Relation(c.Name, build.Day)))]);
        foreach (var (contract, expected) in build.Contracts.All.Zip(written))
        {
            var files = _parts.Audit(tables.StagedFiles(contract.Name) ?? [], contract, cancellation);
            var rows = files.Sum(f => f.Rows);
            if (rows != expected)
            {
                throw new BatchEtlException(ExitCode.CheckFailed, $"{contract.Name} of {build.Day:yyyy-MM-dd}: expected {expected} rows in the files read back, found {rows}; nothing was published");
            }

            build.Counts.Rows[contract.Name] = rows;
            partitions.Add(new StagedPartition(contract.Name, build.Day, rows, [.. files.Select(f => f.File)]));
        }

        return partitions;
    }

    private Manifest Describe(
        DayBuild build, LandedDay landed, bool provisional, IReadOnlyList<ManifestCheck> checks, IReadOnlyList<string> warnings, StepTimes steps)
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
                    Warnings = f.Bytes == 0 ? ["0 bytes"] : [],
                }),
            ],
            Lost = [.. landed.Lost.Select(l => new ManifestLoss(l.File, l.Position, l.Bytes, l.Reason))],
            Skipped = _parts.Pipeline.Landing.SkipFiles,
            NotLanded = [.. landed.NotLanded.Select(f => f.Path)],
            Read = build.DayBefore is { } before
                ? [.. new[] { "sessions", "actors", "metrics" }.Select(t => new ManifestRead(t, before, _parts.Warehouse.Manifests.Read(before)?.RunId))]
                : [],
            Checks = checks,
            Warnings = warnings,
            Seconds = steps.Seconds,
        };
    }
}
