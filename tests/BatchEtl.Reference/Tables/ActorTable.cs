using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.Tables;

/// <summary>A row of actors(D) (A1); bit 0 of Activity is D.</summary>
internal sealed record Actor(
    string Id, DateOnly FirstSeen, DateOnly LastSeen, string? UserId, long Activity, IReadOnlyList<string?> LastDimensions)
{
    private const long Days63 = long.MaxValue;

    /// <summary>Active in the period of so many days that ended so many days before D.</summary>
    public bool ActiveIn(int days, int endedBefore = 0) => ((Activity >> endedBefore) & ((1L << days) - 1)) != 0;

    /// <summary>actors(D) = f(actors(D−1), events(D)).</summary>
    public static List<Actor> Next(IEnumerable<Actor> before, ReferenceTable events, DateOnly day, IReadOnlyList<string> dimensions)
    {
        var id = events.IndexOf("actor_id");
        var user = events.IndexOf("user_id");
        var today = events.SortedBy("occurred_at", "event_id").Rows.GroupBy(r => (string)r[id]!).ToDictionary(g => g.Key, g => g.ToList());
        var known = before.ToDictionary(a => a.Id);
        return [.. known.Keys.Union(today.Keys).Select(key =>
        {
            var old = known.GetValueOrDefault(key);
            var rows = today.GetValueOrDefault(key) ?? [];
            var lastUser = rows.Select(r => (string?)r[user]).LastOrDefault(u => u is not null);
            return new Actor(
                key,
                old?.FirstSeen ?? day,
                rows.Count > 0 ? day : old!.LastSeen,
                lastUser ?? old?.UserId,
                (((old?.Activity ?? 0) << 1) & Days63) | (rows.Count > 0 ? 1L : 0),
                [.. dimensions.Select((d, i) =>
                    rows.Select(r => DimensionText.Of(r[events.IndexOf(d)])).LastOrDefault(v => v is not null) ?? old?.LastDimensions[i])]);
        })];
    }

    public static ReferenceTable Table(IEnumerable<Actor> actors, IReadOnlyList<string> dimensions)
    {
        var table = new TableBuilder()
            .Column("actor_id", ColumnType.Text)
            .Column("first_seen", ColumnType.Date)
            .Column("last_seen", ColumnType.Date)
            .Column("user_id", ColumnType.Text)
            .Column("activity", ColumnType.BigInt);
        foreach (var dimension in dimensions)
        {
            table.Column("last_" + dimension, ColumnType.Text);
        }

        foreach (var a in actors)
        {
            table.Row([a.Id, a.FirstSeen, a.LastSeen, a.UserId, a.Activity, .. a.LastDimensions]);
        }

        return table.Build().SortedBy("actor_id");
    }
}
