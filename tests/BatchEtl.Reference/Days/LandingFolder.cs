using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.Days;

/// <summary>A folder of the layout (E5), with its files relative to the landing root.</summary>
internal sealed record LandingFolder(string Path, Span Span, string? Topic, IReadOnlyList<string> Files, bool Landed);

/// <summary>E5: what lies in the landing area.</summary>
internal static class Landing
{
    public static List<LandingFolder> Folders(LandingOptions options)
    {
        var pattern = new Regex(@"\A" + Regex.Replace(
            Regex.Escape(options.Layout).Replace("}", @"\}", StringComparison.Ordinal).Replace(@"\\}", @"\}", StringComparison.Ordinal),
            @"\\\{(\w+)\\\}",
            m => m.Groups[1].Value switch
            {
                "yyyy" => "(?<yyyy>[0-9]{4})",
                "topic" => "(?<topic>[^/]+)",
                var name => $"(?<{name}>[0-9]{{2}})",
            }) + @"\z");
        var hourly = options.Layout.Contains("{HH}", StringComparison.Ordinal);
        var calendar = new ZoneDays(options.Zone);
        var folders = new List<LandingFolder>();
        foreach (var full in Directory.EnumerateDirectories(options.Root, "*", SearchOption.AllDirectories))
        {
            var path = System.IO.Path.GetRelativePath(options.Root, full).Replace('\\', '/');
            var match = pattern.Match(path);
            if (!match.Success || Date(match) is not { } date || (hourly && Number(match, "HH") > 23))
            {
                continue;
            }

            var topic = match.Groups["topic"].Success ? match.Groups["topic"].Value : null;
            if (topic is not null && options.Topics is not null && !options.Topics.Contains(topic))
            {
                continue;
            }

            var names = Directory.EnumerateFiles(full).Select(System.IO.Path.GetFileName).ToList();
            var files = names
                .Where(n => n![0] is not ('_' or '.') && FileSystemName.MatchesSimpleExpression(options.Files, n, ignoreCase: false))
                .Select(n => path + "/" + n)
                .Where(f => !options.SkipFiles.Contains(f))
                .Order(StringComparer.Ordinal)
                .ToList();
            folders.Add(new LandingFolder(
                path,
                hourly ? calendar.Hour(date, Number(match, "HH")) : calendar.Day(date),
                topic,
                files,
                options.DoneFlag is null || names.Contains(options.DoneFlag)));
        }

        return folders;
    }

    /// <summary>The spans of the layout's folders that start in a day, whether they exist or not.</summary>
    public static List<Span> SpansStartingIn(LandingOptions options, Span day)
    {
        var calendar = new ZoneDays(options.Zone);
        var hourly = options.Layout.Contains("{HH}", StringComparison.Ordinal);
        var around = DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(day.Start * 10));
        return Enumerable.Range(-2, 6)
            .Select(around.AddDays)
            .SelectMany(d => hourly ? Enumerable.Range(0, 24).Select(h => calendar.Hour(d, h)) : [calendar.Day(d)])
            .Where(s => s.Start < s.End && day.Contains(s.Start))
            .ToList();
    }

    private static DateOnly? Date(Match match) => DateOnly.TryParseExact(
        $"{match.Groups["yyyy"].Value}-{match.Groups["MM"].Value}-{match.Groups["dd"].Value}",
        "yyyy-MM-dd",
        CultureInfo.InvariantCulture,
        DateTimeStyles.None,
        out var date) ? date : null;

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
}
