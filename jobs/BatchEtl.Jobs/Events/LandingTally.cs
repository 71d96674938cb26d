using System.Globalization;
using BatchEtl.Core.Runs;

namespace BatchEtl.Jobs.Events;

/// <summary>Adds up what the landing query counted, by day, hour and file.</summary>
internal sealed class LandingTally
{
    private readonly DayBuild _build;
    private readonly Dictionary<int, bool> _startsInDay;
    private readonly Dictionary<(int File, long Stretch), long> _stretches = [];

    public LandingTally(DayBuild build)
    {
        _build = build;
        var counts = build.Counts;
        var windows = build.Windows;
        _startsInDay = build.Files.ToDictionary(f => f.Index, f => windows.Window.Contains(f.Folder.Window.Start));
        counts.Excluded = new long[build.Pipeline.Events.Exclude.Count];
        counts.Hours = windows.Hours;
        counts.InputFiles.UnionWith(build.Files.Where(f => _startsInDay[f.Index]).Select(f => f.Index));
        Unit = CommonUnit(windows);
    }

    /// <summary>The longest stretch of time, at most an hour, of which all days around are whole multiples from start(D) on.</summary>
    public long Unit { get; }

    /// <summary>Adds rows: file, reason, excluded, before history, inside, stretch, records.</summary>
    public void Add(IReadOnlyList<object?[]> rows)
    {
        foreach (var row in rows)
        {
            Add(row);
        }
    }

    private void Add(object?[] row)
    {
        var file = Convert.ToInt32(row[0], CultureInfo.InvariantCulture);
        var records = Convert.ToInt64(row[6], CultureInfo.InvariantCulture);
        var counts = _build.Counts;
        counts.FileRecords[file] = counts.FileRecords.GetValueOrDefault(file) + records;
        counts.Records += _startsInDay[file] ? records : 0;
        if (row[1] is { } reason)
        {
            if (_startsInDay[file])
            {
                var name = NameOf(Convert.ToInt32(reason, CultureInfo.InvariantCulture));
                counts.Rejects[name] = counts.Rejects.GetValueOrDefault(name) + records;
            }

            return;
        }

        var stretch = Convert.ToInt64(row[5], CultureInfo.InvariantCulture);
        _stretches[(file, stretch)] = _stretches.GetValueOrDefault((file, stretch)) + records;
        if (row[4] is true)
        {
            counts.InputFiles.Add(file);
        }

        if (row[2] is { } excluded)
        {
            if (_startsInDay[file])
            {
                var condition = Convert.ToInt32(excluded, CultureInfo.InvariantCulture);
                if (condition == LandedRecords.Erased)
                {
                    counts.Erased += records;
                }
                else
                {
                    counts.Excluded[condition] += records;
                }
            }
        }
        else if (row[3] is true)
        {
            counts.BeforeHistory += _startsInDay[file] ? records : 0;
        }
        else if (stretch >= 0 && stretch * Unit < _build.Windows.Window.Length)
        {
            counts.ValidRecords += records;
            counts.HoursSeen.Add((int)(stretch * Unit / DayWindows.HourMicros));
        }
    }

    /// <summary>Turns stretches into days.</summary>
    public void Finish()
    {
        var days = new Dictionary<long, DateOnly>();
        foreach (var ((file, stretch), records) in _stretches)
        {
            if (!days.TryGetValue(stretch, out var day))
            {
                days[stretch] = day = _build.Windows.Calendar.DayOf(_build.Windows.Start + (stretch * Unit));
            }

            if (!_build.Counts.FileDays.TryGetValue(file, out var ofFile))
            {
                _build.Counts.FileDays[file] = ofFile = [];
            }

            ofFile[day] = ofFile.GetValueOrDefault(day) + records;
        }
    }

    private static string NameOf(int code) => code >= RejectReason.BadValue
        ? RejectReason.BadValueName
        : RejectReason.Named.First(r => r.Code == code).Name;

    private static long CommonUnit(DayWindows windows)
    {
        var unit = DayWindows.HourMicros;
        for (var n = -40; n <= 40; n++)
        {
            var (a, b) = (unit, Math.Abs(windows.Calendar.Of(windows.Calendar.AddDays(windows.Day, n)).Start - windows.Start));
            while (b != 0)
            {
                (a, b) = (b, a % b);
            }

            unit = a;
        }

        return unit;
    }
}
