using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Reference.Days;
using BatchEtl.Reference.Landed;

namespace BatchEtl.Reference.Mapping;

/// <summary>A rejected record's row (E3).</summary>
internal sealed record Reject(string Reason, string Column, string? Raw, string File, long RecordNumber);

/// <summary>A record that is not rejected: the cast values of all mapped columns in mapped order.</summary>
internal sealed record MappedRecord(IReadOnlyList<object?> Values, string EventId, string EventName, long OccurredAt, string ActorId);

/// <summary>One landed record after E1 and E3; exactly one of the two is set.</summary>
internal sealed record Outcome(LandingFolder Folder, MappedRecord? Record, Reject? Reject);

/// <summary>E1 and E3 for one record.</summary>
internal sealed class RecordMapping(LandingOptions landing, IReadOnlyList<ColumnPlan> plans)
{
    private static readonly (ColumnRole Role, string Reason)[] Needed =
    [
        (ColumnRole.EventId, "no_id"), (ColumnRole.EventName, "no_name"), (ColumnRole.OccurredAt, "no_time"), (ColumnRole.ActorId, "no_actor"),
    ];

    public Outcome Map(LandedValue record, LandingFolder folder, string file, long number)
    {
        var chosen = plans.Select(p => p.Choose(record, folder.Topic)).ToList();
        var values = new object?[plans.Count];
        var bad = new bool[plans.Count];
        for (var i = 0; i < plans.Count; i++)
        {
            if (chosen[i] is not { } c)
            {
                continue;
            }

            values[i] = c.Value is null ? null
                : plans[i].Role != ColumnRole.OccurredAt ? Casting.Cast(c.Value, plans[i].Type)
                : plans[i].Time.Fits(c.Value.Schema) ? plans[i].Time.Read(c.Value)
                : null;
            bad[i] = values[i] is null;
        }

        Outcome Rejected(string reason, int column, string? raw) =>
            new(folder, null, new Reject(reason, plans[column].Name, raw, file, number));

        // no_id, no_name, no_time, bad_time, no_actor
        foreach (var (role, reason) in Needed)
        {
            var column = IndexOf(role);
            if (chosen[column] is null)
            {
                return Rejected(reason, column, plans[column].EmptyLanded(record, folder.Topic) ? "" : null);
            }

            if (role == ColumnRole.OccurredAt && bad[column] && chosen[column]!.Value is { } v && plans[column].Time.Fits(v.Schema))
            {
                return Rejected("bad_time", column, chosen[column]!.Raw);
            }
        }

        // bad_value: the first such column in mapped order
        var firstBad = Array.IndexOf(bad, true);
        if (firstBad >= 0)
        {
            return Rejected("bad_value", firstBad, chosen[firstBad]!.Raw);
        }

        var time = IndexOf(ColumnRole.OccurredAt);
        var occurredAt = (long)values[time]!;
        var mayBeEarlier = landing.PartitionedBy == LandingPartitioning.EventTime ? landing.ClockSkew : landing.Lateness;
        if (occurredAt < folder.Span.Start - Micros(mayBeEarlier))
        {
            return Rejected("too_late", time, chosen[time]!.Raw);
        }

        if (occurredAt >= folder.Span.End + Micros(landing.ClockSkew))
        {
            return Rejected("future", time, chosen[time]!.Raw);
        }

        return new Outcome(
            folder,
            new MappedRecord(
                values,
                (string)values[IndexOf(ColumnRole.EventId)]!,
                (string)values[IndexOf(ColumnRole.EventName)]!,
                occurredAt,
                (string)values[IndexOf(ColumnRole.ActorId)]!),
            null);
    }

    public static long Micros(TimeSpan duration) => duration.Ticks / 10;

    private int IndexOf(ColumnRole role) => plans.ToList().FindIndex(p => p.Role == role);
}

/// <summary>A column equals one of the values, in the column's type; null never passes.</summary>
internal static class Conditions
{
    public static bool Hold(IEnumerable<ColumnCondition> conditions, Func<string, (object? Value, ColumnType Type)> column) =>
        conditions.All(c => column(c.Column) is var (value, type) && value is not null && c.Values.Any(v => value.Equals(Typed(v, type))));

    private static object? Typed(string text, ColumnType type) => type.Kind switch
    {
        TypeKind.Text => text,
        TypeKind.Uuid => text.ToLowerInvariant(),
        TypeKind.Boolean => text switch { "true" => true, "false" => false, _ => null },
        TypeKind.BigInt => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null,
        TypeKind.Int => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null,
        TypeKind.Date => IsoTime.ReadDate(text),
        TypeKind.Decimal => ExactDecimal.TryParse(text, out var n) ? n : null,
        TypeKind.Double => double.TryParse(text, CultureInfo.InvariantCulture, out var n) ? n : null,
        _ => null,
    };
}
