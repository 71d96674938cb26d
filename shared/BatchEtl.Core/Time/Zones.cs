using NodaTime;

namespace BatchEtl.Core.Time;

/// <summary>The IANA zones that the program knows; they ship with it, so no machine's own tables count.</summary>
public static class Zones
{
    private static readonly HashSet<string> Known = new(DateTimeZoneProviders.Tzdb.Ids, StringComparer.Ordinal);

    /// <summary>All zone names, e.g. <c>Europe/Vilnius</c>; case counts.</summary>
    public static IReadOnlyCollection<string> Names => Known;

    public static bool IsKnown(string name) => Known.Contains(name);
}
