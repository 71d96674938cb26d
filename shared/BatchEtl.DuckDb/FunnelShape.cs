using System.Globalization;
using System.Text;

namespace BatchEtl.DuckDb;

/// <summary>What an aggregate must know of a funnel (A5).</summary>
/// <param name="Steps">How many there are.</param>
/// <param name="Window">From entry to the last step, in microseconds, both included.</param>
/// <param name="Place">The place in the result of its first step on the first entry day.</param>
internal sealed record FunnelShape(int Steps, long Window, long Place)
{
    private static readonly Lock _lock = new();
    private static FunnelShape[][] _all = [];
    private static readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static (byte[] Text, int Number) _last;

    /// <summary>A number for the shapes of a text such as <c>4 3600000000 0;3 86400000000 8</c>: groups have no room for more.</summary>
    public static int Known(ReadOnlySpan<byte> text)
    {
        if (_last.Text is null || !text.SequenceEqual(_last.Text))
        {
            _last = (text.ToArray(), Number(Encoding.UTF8.GetString(text)));
        }

        return _last.Number;
    }

    public static FunnelShape[] Of(int number) => Volatile.Read(ref _all)[number];

    private static int Number(string text)
    {
        lock (_lock)
        {
            if (!_numbers.TryGetValue(text, out var number))
            {
                number = _numbers[text] = _all.Length;
                Volatile.Write(ref _all, [.. _all, [.. text.Split(';').Select(Parse)]]);
            }

            return number;
        }
    }

    private static FunnelShape Parse(string text)
    {
        var numbers = text.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return new FunnelShape((int)numbers[0], numbers[1], numbers[2]);
    }
}
