using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Time;

/// <summary>A landing folder.</summary>
/// <param name="Path">Relative to the landing root, parts separated by <c>/</c>.</param>
/// <param name="Topic">What {topic} stands for, or null in a layout without it.</param>
/// <param name="Window">The hour or day of the layout's zone that the folder is named after.</param>
public readonly record struct LandedFolder(string Path, string? Topic, Window Window);

/// <summary>
/// Where a store looks for the folders of one hour or day. Without {topic}: <see cref="Before"/> is the folder's whole
/// path and <see cref="TopicFolder"/> is null. With it: a folder of <see cref="Before"/> for each topic (named as
/// <see cref="TopicFolder"/> says, with <c>{topic}</c> in it), and in each of them <see cref="After"/>. Empty = that folder itself.
/// </summary>
public readonly record struct FolderPrefix(string Before, string? TopicFolder, string After, Window Window);

/// <summary>
/// The layout of landing folders under the root (semantics.md E5), e.g. <c>{topic}/hourly/{yyyy}/{MM}/{dd}/{HH}</c>:
/// the tokens {yyyy}, {MM}, {dd} and optionally {HH} of the layout's zone, at most one {topic}, and literals.
/// </summary>
/// <remarks>
/// A folder's window reaches from the first to behind the last instant that has its local hour or date: an hour that a
/// clock change repeats covers both, one that a change skips does not exist and its name matches nothing.
/// </remarks>
public sealed class LandingLayout
{
    internal const string TopicToken = "{topic}";
    private readonly ZoneClock _clock;
    private readonly IReadOnlyList<IReadOnlyList<LayoutPart>> _segments;
    private readonly int _topicSegment;

    private LandingLayout(string text, string zone, IReadOnlyList<IReadOnlyList<LayoutPart>> segments)
    {
        Text = text;
        Zone = zone;
        _clock = new ZoneClock(zone);
        _segments = segments;
        _topicSegment = segments.TakeWhile(s => !s.Contains(LayoutPart.Topic)).Count();
        HasTopic = _topicSegment < segments.Count;
        IsHourly = segments.Any(s => s.Contains(LayoutPart.Hour));
    }

    /// <summary>The layout as written.</summary>
    public string Text { get; }

    /// <summary>IANA name of the zone of the folders' names.</summary>
    public string Zone { get; }

    public bool HasTopic { get; }

    /// <summary>Whether folders stand for hours; else for days.</summary>
    public bool IsHourly { get; }

    /// <exception cref="BatchEtlException">The layout is not one, or no IANA zone has that name (Usage).</exception>
    public static LandingLayout Parse(string layout, string zone) =>
        TryParse(layout, zone, out LandingLayout? parsed, out string? error)
            ? parsed
            : throw BatchEtlException.Usage($"layout '{layout}', zone '{zone}': {error}");

    /// <param name="error">What was found and what is expected, without the layout itself.</param>
    public static bool TryParse(
        string layout, string zone, [NotNullWhen(true)] out LandingLayout? parsed, [NotNullWhen(false)] out string? error)
    {
        parsed = null;
        if (!Zones.IsKnown(zone))
        {
            error = $"no such time zone as '{zone}'; expected an IANA name such as Europe/Vilnius";
            return false;
        }

        if (LayoutPart.Read(layout, out error) is not { } segments)
        {
            error ??= "";
            return false;
        }

        error = null;
        parsed = new LandingLayout(layout, zone, segments);
        return true;
    }

    /// <summary>Whether a folder is one of the layout's; its own subfolders are not.</summary>
    /// <param name="relativeFolder">Relative to the landing root, parts separated by <c>/</c>.</param>
    public bool TryMatch(string relativeFolder, out LandedFolder folder)
    {
        folder = default;
        string[] names = relativeFolder.Split('/');
        if (names.Length != _segments.Count)
        {
            return false;
        }

        var values = new Dictionary<LayoutPart, string>();
        for (int i = 0; i < names.Length; i++)
        {
            if (!LayoutPart.Match(_segments[i], names[i], values))
            {
                return false;
            }
        }

        int year = Value(LayoutPart.Year), month = Value(LayoutPart.Month), day = Value(LayoutPart.Day);
        int hour = IsHourly ? Value(LayoutPart.Hour) : 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23)
        {
            return false;
        }

        if (WindowOf(new DateTime(year, month, day, hour, 0, 0, DateTimeKind.Unspecified)) is not { } window)
        {
            return false;
        }

        folder = new LandedFolder(relativeFolder, values.GetValueOrDefault(LayoutPart.Topic), window);
        return true;

        int Value(LayoutPart part) => int.Parse(values[part], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The folders whose windows overlap a window, in order of their local hour or date, so that a store lists those
    /// only and not the whole tree. Each is returned once; none is known to exist.
    /// </summary>
    public IEnumerable<FolderPrefix> PrefixesOverlapping(Window window)
    {
        if (window.IsEmpty)
        {
            yield break;
        }

        TimeSpan step = IsHourly ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);

        // Local names around the window: an offset is at most 18 h, and a repeated stretch may begin a day earlier.
        DateTime first = Local(window.Start - (2 * ZoneClock.Day)).Date;
        DateTime last = Local(window.End + (2 * ZoneClock.Day)).Date;
        for (DateTime local = first; local <= last; local += step)
        {
            if (WindowOf(local) is { } covered && covered.Overlaps(window))
            {
                yield return PrefixOf(local, covered);
            }

            if (local > DateTime.MaxValue - step)
            {
                yield break;
            }
        }
    }

    /// <summary>The folders of the topics given whose windows overlap a window.</summary>
    /// <param name="topics">Topic names; not used by a layout without {topic}.</param>
    public IEnumerable<LandedFolder> FoldersOverlapping(Window window, IEnumerable<string> topics)
    {
        IReadOnlyList<string?> names = HasTopic ? [.. topics] : [null];
        return PrefixesOverlapping(window).SelectMany(prefix => names.Select(topic => Folder(prefix, topic)));
    }

    /// <summary>The folder of a prefix and a topic (null in a layout without {topic}).</summary>
    public static LandedFolder Folder(FolderPrefix prefix, string? topic)
    {
        string? own = prefix.TopicFolder?.Replace(TopicToken, topic, StringComparison.Ordinal);
        string path = string.Join('/', new[] { prefix.Before, own, prefix.After }.Where(p => !string.IsNullOrEmpty(p)));
        return new LandedFolder(path, topic, prefix.Window);
    }

    /// <summary>The topic that a folder beside others of <see cref="FolderPrefix.TopicFolder"/> stands for, or null when it is none.</summary>
    public string? TopicOf(string folderName)
    {
        var values = new Dictionary<LayoutPart, string>();
        return HasTopic && LayoutPart.Match(_segments[_topicSegment], folderName, values) ? values[LayoutPart.Topic] : null;
    }

    private FolderPrefix PrefixOf(DateTime local, Window window)
    {
        IEnumerable<string> names = _segments.Select(segment => LayoutPart.Write(segment, local));
        if (!HasTopic)
        {
            return new FolderPrefix(string.Join('/', names), null, "", window);
        }

        string[] all = [.. names];
        return new FolderPrefix(
            string.Join('/', all[.._topicSegment]), all[_topicSegment], string.Join('/', all[(_topicSegment + 1)..]), window);
    }

    private Window? WindowOf(DateTime local)
    {
        long start = (local - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return _clock.Hull(start, start + (IsHourly ? ZoneClock.Hour : ZoneClock.Day));
    }

    private static DateTime Local(long micros)
    {
        const long YearOne = -62_135_596_800_000_000, YearTenThousand = 253_402_300_800_000_000;
        return DateTime.UnixEpoch.AddTicks(
            Math.Clamp(micros, YearOne, YearTenThousand - 1) * TimeSpan.TicksPerMicrosecond);
    }
}
