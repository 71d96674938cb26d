using System.Globalization;
using System.Text.Json.Nodes;
using NodaTime;

namespace BatchEtl.Reference.RandomCases;

/// <summary>A random way to land occurred_at (E1 "Time").</summary>
/// <param name="Mapping">Options of the mapping beside its path.</param>
/// <param name="Grain">Microseconds that the landed form can tell apart.</param>
/// <param name="Land">An instant as it lands.</param>
internal sealed record RandomTime(Leaf Leaf, JsonObject Mapping, long Grain, Func<long, object> Land)
{
    private static readonly string[] NoTimes =
    [
        "never", "2026-02-30", "2026-03-29T24:00", "2026-03-29T00:00:60Z", "2026-03-29T10:00 ", " 2026-03-29", "2026-03-29t10:00", "2026-03-29T10:00z",
        "0000-01-01", "2026-03-29T10", "2026-03-29T10:00+24", "2026-3-9", "20260329", "2026-03-29T10:00:00.", "2026-03-29T10:00:00+2", "1774778400",
    ];

    public static RandomTime Draw(Random random, string zone)
    {
        switch (random.Next(12))
        {
            case 0: return Unit(random, "s", "long", 1_000_000);
            case 1: return Unit(random, "s", "int", 1_000_000);
            case 2: return Unit(random, "ms", "long", 1_000);
            case 3: return Unit(random, "us", "long", 1);
            case 4: return Nanos(random, null);
            case 5: return Floating(random, random.GetItems(new[] { "s", "ms", "us" }, 1)[0]);
            case 6:
                // A declared unit wins over a logical type.
                var over = Unit(random, "us", "long", 1);
                return over with { Leaf = over.Leaf with { Json = Logical("timestamp-millis"), Newer = Logical("timestamp-millis") } };
            case 7: return Timestamp(random, "timestamp-millis", 1_000);
            case 8: return Timestamp(random, "timestamp-micros", 1);
            case 9: return Nanos(random, "timestamp-nanos");
            case 10: return Local(random, zone);
            default: return Iso(random, zone);
        }
    }

    private static string Logical(string name) => $$"""{"type":"long","logicalType":"{{name}}"}""";

    private static RandomTime Unit(Random random, string unit, string type, long micros)
    {
        object[] bad = type == "int" ? [] : [long.MaxValue, long.MinValue, 253_402_300_800_000_000L / micros, (-62_135_596_800_000_000L / micros) - 1];
        var newer = type == "int" && random.Next(2) == 0 ? "\"long\"" : $"\"{type}\"";
        return new(new Leaf($"\"{type}\"", newer, "integer", null, [0], bad), new JsonObject { ["unit"] = unit }, micros, t => t / micros);
    }

    private static RandomTime Floating(Random random, string unit)
    {
        var micros = unit switch { "s" => 1e6, "ms" => 1e3, _ => 1.0 };
        return new(
            new Leaf("\"double\"", "\"double\"", "floating", null, [0.0], [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, -1e17]),
            new JsonObject { ["unit"] = unit },
            1,
            t => (t + (random.Next(2) == 0 ? 0 : random.NextDouble())) / micros);
    }

    private static RandomTime Nanos(Random random, string? logical) => new(
        logical is null ? new Leaf("\"long\"", "\"long\"", "integer", null, [0L], []) : new Leaf(Logical(logical), Logical(logical), "integer", null, [0L], []),
        logical is null ? new JsonObject { ["unit"] = "ns" } : [],
        1,
        t => (t * 1000) + random.Next(1000));

    private static RandomTime Timestamp(Random random, string logical, long micros)
    {
        var ofLogical = Unit(random, "", "long", micros);
        return ofLogical with { Leaf = ofLogical.Leaf with { Json = Logical(logical), Newer = Logical(logical) }, Mapping = [] };
    }

    private static RandomTime Local(Random random, string zone)
    {
        var (unit, perMicro, grain) = random.Next(3) switch { 0 => ("millis", 0, 1000L), 1 => ("micros", 1, 1L), _ => ("nanos", 1000, 1L) };
        var own = random.Next(3) == 0 ? null : zone;
        var json = Logical("local-timestamp-" + unit);
        return new(
            new Leaf(json, json, "integer", null, [0L], perMicro == 1000 ? [] : [long.MaxValue, long.MinValue]),
            own is null ? [] : new JsonObject { ["zone"] = own },
            grain,
            t => perMicro == 0 ? Localized(t, own) / 1000 : Localized(t, own) * perMicro);
    }

    private static RandomTime Iso(Random random, string zone)
    {
        var own = random.Next(3) == 0 ? null : zone;
        var mapping = new JsonObject { ["format"] = "iso" };
        if (own is not null)
        {
            mapping["zone"] = own;
        }

        return new(
            new Leaf("\"string\"", "\"string\"", "string", null, ["2026-03-29"], [.. NoTimes, new byte[] { 0x32, 0xFF }]),
            mapping,
            1,
            t => IsoText(random, t, own));
    }

    private static long Localized(long instant, string? zone) =>
        zone is null ? instant : instant + (DateTimeZoneProviders.Tzdb[zone].GetUtcOffset(Instant.FromUnixTimeTicks(instant * 10)).Ticks / 10);

    private static string IsoText(Random random, long instant, string? zone)
    {
        string[] offsets = ["Z", "+00:00", "+02", "-0330", "+05:45", "", "", "-00"];
        var offset = offsets[random.Next(offsets.Length)];
        var minutes = offset switch { "+02" => 120, "-0330" => -210, "+05:45" => 345, _ => 0 };
        var local = offset.Length == 0 ? Localized(instant, zone) : instant + (minutes * 60_000_000L);
        var time = DateTime.UnixEpoch.AddTicks(local * 10);
        var separator = random.Next(2) == 0 ? "T" : " ";
        var text = time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (time.TimeOfDay == TimeSpan.Zero && offset.Length == 0 && random.Next(2) == 0)
        {
            return text;
        }

        text += separator + time.ToString("HH:mm", CultureInfo.InvariantCulture);
        if (time.Ticks % TimeSpan.TicksPerMinute != 0 || random.Next(2) == 0)
        {
            text += time.ToString(":ss", CultureInfo.InvariantCulture);
            if (time.Ticks % TimeSpan.TicksPerSecond != 0 || random.Next(3) == 0)
            {
                text += (random.Next(3) == 0 ? "," : ".") + time.ToString("ffffff", CultureInfo.InvariantCulture) + (random.Next(3) == 0 ? "987" : "");
            }
        }

        return text + offset;
    }
}
