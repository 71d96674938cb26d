using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Upkeep;

/// <summary>A published partition that has outlived <c>warehouse.keep</c> and that no later run needs.</summary>
public sealed record ExpiredPartition(string Table, DateOnly Day, int Files, long Bytes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Table}/{Warehouse.PartitionName(Day)}  {Files} files, {Bytes} bytes");
}

/// <summary>What has expired, in order, and the checksum that confirms its removal.</summary>
public sealed record ExpiryList(IReadOnlyList<ExpiredPartition> Partitions, string Checksum);

/// <summary>Expiry of published partitions (P6). The clock is the run's <c>as_of</c>.</summary>
public sealed class Expiry(RunParts parts)
{
    /// <summary>How many days of metrics anomalies look back (A7).</summary>
    private const int MetricDays = 56;

    private readonly DayCalendar _calendar = new(parts.Pipeline.Zone);

    /// <summary>What would be removed.</summary>
    public ExpiryList List()
    {
        var found = new List<ExpiredPartition>();
        if (parts.Warehouse.Manifests.Days() is { Count: > 0 } published)
        {
            foreach (var (table, keep) in parts.Pipeline.Warehouse.Keep.OrderBy(k => k.Key, StringComparer.Ordinal))
            {
                var needed = NeededFrom(table, published);
                foreach (var day in parts.Warehouse.Days(table).Where(d => d < needed && End(d) + keep <= parts.AsOf))
                {
                    var files = parts.Warehouse.Store.List(parts.Warehouse.Partition(table, day)) ?? [];
                    found.Add(new ExpiredPartition(table, day, files.Count, files.Sum(f => f.Bytes)));
                }
            }
        }

        return new ExpiryList(found, ListChecksum.Of(found.Select(f => f.ToString())));
    }

    /// <summary>Removes what <see cref="List"/> gave, when it still does.</summary>
    /// <exception cref="BatchEtlException">The list is another by now, or the warehouse is in use (Refused).</exception>
    public ExpiryList Remove(string confirmed, CancellationToken cancellation)
    {
        var runId = RunId.New(parts.AsOf);
        using var held = RunLock.Take(parts.Warehouse, runId, parts.AsOf);
        var publisher = new Publisher(held);
        publisher.Recover();
        var list = List();
        if (list.Checksum != confirmed)
        {
            throw BatchEtlException.Refused($"{parts.Warehouse.Root}: expected to remove what checksum {confirmed} stands for, found a list with checksum {list.Checksum} by now; look at it (expire), then confirm that one");
        }

        try
        {
            foreach (var day in list.Partitions.GroupBy(p => p.Day).OrderBy(d => d.Key))
            {
                cancellation.ThrowIfCancellationRequested();
                publisher.Expire(day.Key, [.. day.Select(p => p.Table)]);
            }
        }
        finally
        {
            publisher.Finish();
        }

        return list;
    }

    /// <summary>The first day whose partition a later run may read.</summary>
    private DateOnly NeededFrom(string table, IReadOnlyList<DateOnly> published)
    {
        var last = published[^1];
        var next = new DayWindows(parts.Pipeline, _calendar, _calendar.Next(last));
        var reach = new UnprocessedFiles(parts, _calendar);
        var again = published.Where(d => reach.IsWithinReach(d, next)).Prepend(last).Min();
        switch (table)
        {
            case "actors" or "event_catalog" or "sessions":
                return _calendar.Previous(again);
            case "events":
                // funnels(R) is built from the events of every F with end(F) + window > end(R − 1) (A5).
                var window = parts.Pipeline.Funnels.Select(f => f.Window).DefaultIfEmpty(TimeSpan.Zero).Max();
                var day = _calendar.Previous(again);
                var end = End(day);
                while (End(_calendar.Previous(day)) + window > end)
                {
                    day = _calendar.Previous(day);
                }

                return day;
            case "metrics":
                return _calendar.AddDays(again, -MetricDays);
            default:
                return DateOnly.MaxValue;
        }
    }

    private DateTimeOffset End(DateOnly day) => DateTimeOffset.UnixEpoch.AddTicks(_calendar.Of(day).End * TimeSpan.TicksPerMicrosecond);
}
