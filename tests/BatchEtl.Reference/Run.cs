using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Landed;
using BatchEtl.Reference.Mapping;
using BatchEtl.Reference.Tables;

namespace BatchEtl.Reference;

/// <summary>The landed records of one run of D, judged by E1, E3, E4, E5 and E7.</summary>
internal sealed class Run(Pipeline pipeline, DateOnly day, DateOnly historyStart)
{
    private readonly List<Outcome> _outcomes = [];
    private readonly List<LandingFolder> _folders = Landing.Folders(pipeline.Landing);
    private readonly long _historyStart = new ZoneDays(pipeline.Zone).Start(historyStart);

    public Pipeline Pipeline => pipeline;

    public DateOnly Day => day;

    public DateOnly HistoryStart => historyStart;

    public ZoneDays Calendar { get; } = new(pipeline.Zone);

    public Span Span { get; } = new ZoneDays(pipeline.Zone).Day(day);

    /// <summary>D−0 … D−56, as far back as any table looks.</summary>
    public IReadOnlyList<DateOnly> Past { get; } = DaysUpTo(new ZoneDays(pipeline.Zone), day);

    public long Gap => RecordMapping.Micros(pipeline.Sessions.Gap);

    public long CarryOver => RecordMapping.Micros(pipeline.Sessions.CarryOver);

    public IReadOnlyList<ColumnPlan> Plans { get; private set; } = [];

    /// <summary>The survivors of all that was read.</summary>
    public IReadOnlyList<MappedRecord> Events { get; private set; } = [];

    public IReadOnlyList<MappedRecord> Duplicates { get; private set; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>rejects(D) are those of the landing folders that start in D.</summary>
    public IReadOnlyList<Reject> RejectsOfDay => [.. OfDay.Where(o => o.Reject is not null).Select(o => o.Reject!)];

    private IEnumerable<Outcome> OfDay => _outcomes.Where(o => Span.Contains(o.Folder.Span.Start));

    /// <summary>E5: the done flags of the folders that start in D.</summary>
    public string? RefusedByFlags(bool provisional)
    {
        if (pipeline.Landing.DoneFlag is null || provisional)
        {
            return null;
        }

        var topics = pipeline.Landing.Topics ?? [.. _folders.Where(f => f.Topic is not null).Select(f => f.Topic!).Distinct()];
        var hasTopics = pipeline.Landing.Layout.Contains("{topic}", StringComparison.Ordinal);
        var missing = Landing.SpansStartingIn(pipeline.Landing, Span).Any(span =>
            (hasTopics ? topics : [null!]).Any(topic => !_folders.Any(f => f.Span == span && f.Topic == topic && f.Landed)));
        return missing ? "a folder that starts in the day has not landed" : null;
    }

    /// <param name="published">Types that the warehouse has, by column.</param>
    public void Read(IReadOnlyDictionary<string, ColumnType>? published)
    {
        var landing = pipeline.Landing;
        var horizon = RecordMapping.Micros(pipeline.Events.DedupeHorizon);
        var skew = RecordMapping.Micros(landing.ClockSkew);
        var lateness = landing.PartitionedBy == LandingPartitioning.ArrivalTime ? RecordMapping.Micros(landing.Lateness) : 0;
        var window = new Span(Span.Start - Gap - horizon - skew, Span.End + CarryOver + skew + lateness);
        var parsed = new Dictionary<string, AvroSchema>();
        var files = _folders
            .Where(f => f.Landed && f.Span.Overlaps(window))
            .SelectMany(f => f.Files.Select(file => (Folder: f, File: file, Content: AvroFile.Read(Path.Combine(landing.Root, file), parsed))))
            .ToList();
        Warnings.AddRange(files.Where(f => f.Content.Schema is null).Select(f => $"{f.File} is empty"));

        var schemas = parsed.Values;
        Plans = [.. pipeline.Events.Columns.Select(c =>
            new ColumnPlan(c, schemas, published is not null && published.TryGetValue(c.Name, out var type) ? type : null))];
        var mapping = new RecordMapping(landing, Plans);
        foreach (var file in files)
        {
            _outcomes.AddRange(file.Content.Records.Select((r, i) => mapping.Map(r, file.Folder, file.File, i)));
        }

        // E7 before E4; nothing before start(history_start) exists (T4).
        var valid = _outcomes.Where(o => o.Record is not null && ExcludedBy(o.Record) < 0 && !IsBeforeHistory(o.Record)).Select(o => o.Record!);
        (Events, Duplicates) = Days.Duplicates.Split(valid, horizon);
    }

    /// <summary>E3: too many rejects, or nothing at all.</summary>
    public string? RefusedByRejects()
    {
        var records = OfDay.Count();
        if (records == 0)
        {
            return pipeline.Events.AllowEmpty ? null : "no records in the folders that start in the day";
        }

        var tooLate = OfDay.Count(o => o.Reject?.Reason == "too_late");
        if (tooLate > pipeline.Events.MaxRejectRatio * records)
        {
            Warnings.Add($"{tooLate} of {records} records are too late");
        }

        var others = OfDay.Count(o => o.Reject is not null) - tooLate;
        return others > pipeline.Events.MaxRejectRatio * records ? $"{others} of {records} records are rejected" : null;
    }

    public Headline Headline(ReferenceTable events, ReferenceTable sessions)
    {
        // A6: hours from start(D) on that hold a valid record by its own time.
        const long hour = 3_600_000_000;
        var valid = Events.Concat(Duplicates).Where(r => Span.Contains(r.OccurredAt));
        return new Headline(
            OfDay.Count(),
            OfDay.Where(o => o.Reject is not null).GroupBy(o => o.Reject!.Reason).ToDictionary(g => g.Key, g => (long)g.Count()),
            [.. pipeline.Events.Exclude.Select((_, i) => (long)OfDay.Count(o => o.Record is not null && ExcludedBy(o.Record) == i))],
            OfDay.Count(o => o.Record is not null && ExcludedBy(o.Record) < 0 && IsBeforeHistory(o.Record)),
            Duplicates.Count(d => Span.Contains(d.OccurredAt)),
            events.Rows.Count,
            sessions.Rows.Count,
            events.Rows.Select(r => r[events.IndexOf("actor_id")]).Distinct().Count(),
            Plans.Where(p => p.Role == ColumnRole.Measure).ToDictionary(
                p => p.Name,
                p => Sums.Of(events.Rows.Select(r => r[events.IndexOf(p.Name)]), p.Type) switch
                {
                    null => null,
                    double d => d.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
                    var sum => sum.ToString(),
                }),
            valid.Select(r => (r.OccurredAt - Span.Start) / hour).Distinct().Count(),
            (int)((Span.End - Span.Start + hour - 1) / hour));
    }

    private static List<DateOnly> DaysUpTo(ZoneDays calendar, DateOnly day)
    {
        var days = new List<DateOnly> { day };
        while (days.Count <= 56)
        {
            days.Add(calendar.Before(days[^1], 1));
        }

        return days;
    }

    /// <summary>E7: the first condition that the record meets, or −1.</summary>
    private int ExcludedBy(MappedRecord record)
    {
        for (var i = 0; i < pipeline.Events.Exclude.Count; i++)
        {
            if (Conditions.Hold(pipeline.Events.Exclude[i], name => Enumerable.Range(0, Plans.Count)
                .Where(c => Plans[c].Name == name)
                .Select(c => (record.Values[c], Plans[c].Type))
                .Single()))
            {
                return i;
            }
        }

        return -1;
    }

    private bool IsBeforeHistory(MappedRecord record) => record.OccurredAt < _historyStart;
}
