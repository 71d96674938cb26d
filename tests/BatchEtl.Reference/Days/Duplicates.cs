using BatchEtl.Reference.Mapping;

namespace BatchEtl.Reference.Days;

internal static class Duplicates
{
    /// <summary>
    /// E4: a record is a duplicate when another record with its event_id lies at most the horizon before it, or has the same occurred_at and
    /// smaller content; of identical copies one stays. The rule looks at records, not at survivors.
    /// </summary>
    public static (List<MappedRecord> Events, List<MappedRecord> Duplicates) Split(IEnumerable<MappedRecord> records, long horizon)
    {
        var events = new List<MappedRecord>();
        var duplicates = new List<MappedRecord>();
        foreach (var same in records.GroupBy(r => r.EventId))
        {
            foreach (var sameTime in same.GroupBy(r => r.OccurredAt))
            {
                var earlier = same.Any(o => o.OccurredAt < sameTime.Key && sameTime.Key - o.OccurredAt <= horizon);
                var smallest = sameTime.Aggregate((a, b) => ValueOrder.CompareRows(b.Values, a.Values) < 0 ? b : a);
                foreach (var record in sameTime)
                {
                    (!earlier && ReferenceEquals(record, smallest) ? events : duplicates).Add(record);
                }
            }
        }

        return (events, duplicates);
    }
}
