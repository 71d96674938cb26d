namespace BatchEtl.Core.Time;

/// <summary>A change of a zone's offset.</summary>
/// <param name="Instant">The first instant of the new offset, in UTC microseconds since 1970.</param>
/// <param name="OffsetBefore">Local time − UTC before, in microseconds.</param>
/// <param name="OffsetAfter">Local time − UTC from then on, in microseconds.</param>
public readonly record struct ZoneChange(long Instant, long OffsetBefore, long OffsetAfter)
{
    /// <summary>
    /// The first local time (microseconds since 1970, as if UTC) that takes <see cref="OffsetAfter"/>: one that the change
    /// skips or repeats takes the offset before it (E1).
    /// </summary>
    public long LocalThreshold => Instant + Math.Max(OffsetBefore, OffsetAfter);
}

/// <summary>A zone's offsets over a stretch of time, as literals for engines: no engine converts zones (T1, E1).</summary>
/// <param name="Zone">IANA name.</param>
/// <param name="OffsetAtStart">Local time − UTC at the beginning, in microseconds.</param>
/// <param name="Changes">In order of their instants.</param>
public sealed record ZoneChanges(string Zone, long OffsetAtStart, IReadOnlyList<ZoneChange> Changes)
{
    /// <summary>The offset at an instant and the changes in <c>(from, to]</c>.</summary>
    /// <param name="zone">IANA name.</param>
    /// <param name="fromMicros">UTC microseconds since 1970.</param>
    /// <param name="toMicros">UTC microseconds since 1970, at or after <paramref name="fromMicros"/>.</param>
    /// <exception cref="ArgumentException">No IANA zone has that name, or the end lies before the start.</exception>
    public static ZoneChanges Between(string zone, long fromMicros, long toMicros)
    {
        var window = new Window(fromMicros, toMicros);
        var clock = new ZoneClock(zone);
        ZoneStretch last = clock.At(window.Start);
        long offsetAtStart = last.Offset;
        var changes = new List<ZoneChange>();
        while (last.End <= window.End && last.End != long.MaxValue)
        {
            ZoneStretch next = clock.At(last.End);

            // A change of name or of the share of summer time alone is none of the clock.
            if (next.Offset != last.Offset)
            {
                changes.Add(new ZoneChange(next.Start, last.Offset, next.Offset));
            }

            last = next;
        }

        return new ZoneChanges(zone, offsetAtStart, changes);
    }

    /// <summary>The instant of a local time by E1's rule. Right for local times inside the stretch that this was made for.</summary>
    /// <param name="localMicros">Local time in microseconds since 1970, as if UTC.</param>
    public long ToUtc(long localMicros)
    {
        long offset = OffsetAtStart;
        foreach (ZoneChange change in Changes)
        {
            if (localMicros < change.LocalThreshold)
            {
                break;
            }

            offset = change.OffsetAfter;
        }

        return localMicros - offset;
    }
}
