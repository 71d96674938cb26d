using System.Globalization;

namespace BatchEtl.Core.Time;

/// <summary>A half-open window <c>[Start, End)</c> of instants in UTC microseconds since 1970 (T1). May be empty.</summary>
public readonly record struct Window
{
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="end"/> lies before <paramref name="start"/>.</exception>
    public Window(long start, long end)
    {
        if (end < start)
        {
            throw new ArgumentOutOfRangeException(
                nameof(end), end, string.Create(CultureInfo.InvariantCulture, $"A window ends at or after its start, {start}."));
        }

        Start = start;
        End = end;
    }

    /// <summary>The first instant inside, in UTC microseconds since 1970.</summary>
    public long Start { get; }

    /// <summary>The first instant behind, in UTC microseconds since 1970.</summary>
    public long End { get; }

    /// <summary>End − start in microseconds, never negative.</summary>
    public long Length => End - Start;

    public bool IsEmpty => End == Start;

    public bool Contains(long instant) => Start <= instant && instant < End;

    /// <summary>Whether some instant lies in both; never with an empty window.</summary>
    public bool Overlaps(Window other) => Math.Max(Start, other.Start) < Math.Min(End, other.End);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Start}, {End})");
}
