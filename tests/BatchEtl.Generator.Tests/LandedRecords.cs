using System.Globalization;
using System.Text.RegularExpressions;
using Avro;
using Avro.File;
using Avro.Generic;
using BatchEtl.Generator.Container;

namespace BatchEtl.Generator.Tests;

/// <summary>A landed record as Apache.Avro reads it. Times are microseconds since 1970.</summary>
internal sealed record Landed(
    string File, DateTime Folder, int Fields, string EventId, string EventName, long? OccurredAt, string? DeviceId, string? UserId, string? Country,
    string Platform, string? Source, string Page, string? Category, decimal? Price, int Quantity)
{
    public long FolderMicros => (Folder.Ticks - DateTime.UnixEpoch.Ticks) / 10;

    /// <summary>Why no mapping could use it, in the order of E3; null when it is fine.</summary>
    public string? Reject =>
        EventId.Length == 0 ? "no_id"
        : EventName.Length == 0 ? "no_name"
        : OccurredAt is null ? "no_time"
        : OccurredAt >= 253_402_300_800_000_000 ? "bad_time"
        : string.IsNullOrEmpty(DeviceId) ? "no_actor"
        : !Guid.TryParseExact(EventId, "D", out _) ? "bad_value"
        : OccurredAt < FolderMicros - (3 * 86_400_000_000L) ? "too_late"
        : OccurredAt >= FolderMicros + 4_200_000_000L ? "future"
        : null;
}

/// <summary>Reads a whole landing back through Apache.Avro.</summary>
internal static class LandedRecords
{
    public static IEnumerable<string> Files(string root) => Directory.EnumerateFiles(root, "*.avro", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    public static IEnumerable<Landed> Read(string root)
    {
        BlockCodecs.Register();
        foreach (var file in Files(root))
        {
            var name = Path.GetRelativePath(root, file);
            var folder = DateTime.ParseExact(Path.GetDirectoryName(name)!, "yyyy-MM-dd/HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
            using var reader = OpenReader(file);
            var unit = reader.GetSchema().ToString().Contains("timestamp-millis", StringComparison.Ordinal) ? 1000 : 1;
            foreach (var record in reader.NextEntries)
            {
                yield return Of(name, folder, record, unit);
            }
        }
    }

    // Apache.Avro throws for times that a DateTime cannot hold, which some records are meant to have: read them as longs.
    public static IFileReader<GenericRecord> OpenReader(string file) =>
        DataFileReader<GenericRecord>.OpenReader(File.OpenRead(file), null, (writer, _) => new GenericReader<GenericRecord>(Plain(writer), Plain(writer)));

    private static Schema Plain(Schema schema) => Schema.Parse(Regex.Replace(schema.ToString(), @",""logicalType"":""timestamp-\w+""", string.Empty));

    private static Landed Of(string file, DateTime folder, GenericRecord record, long unit) => new(
        file,
        folder,
        record.Schema.Fields.Count,
        (string)record["event_id"],
        (string)record["event_name"],
        Micros((long?)record["occurred_at"], unit),
        (string?)record["device_id"],
        (string?)record["user_id"],
        (string?)record["country"],
        (string)record["platform"],
        (string?)record["source"],
        (string)record["page"],
        (string?)record["category"],
        record["price"] switch { null => null, double d => (decimal)d, AvroDecimal d => AvroDecimal.ToDecimal(d), var other => throw new InvalidDataException($"{other}") },
        (int)record["quantity"]);

    // Times that are wrong on purpose may not fit microseconds.
    private static long? Micros(long? landed, long unit) => landed > long.MaxValue / unit ? long.MaxValue : landed * unit;
}
