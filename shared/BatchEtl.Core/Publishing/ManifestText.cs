using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;
using BatchEtl.Core.Tables;

namespace BatchEtl.Core.Publishing;

/// <summary>Manifests as JSON: snake_case, dictionaries in order of their keys, instants in UTC, unknown fields ignored when read.</summary>
public static class ManifestText
{
    // Not compiled: compiled readers give fields that a text lacks null instead of their defaults.
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<CheckSeverity>(JsonNamingPolicy.SnakeCaseLower), new UtcInstant() },
    };

    /// <summary>The manifest's text; equal manifests have equal texts.</summary>
    public static string Of(Manifest manifest) => Write(
        manifest with
        {
            Settings = Ordered(manifest.Settings),
            Types = Ordered(manifest.Types),
            Tables = Ordered(manifest.Tables),
            Seconds = Ordered(manifest.Seconds),
            Counts = manifest.Counts with { Rejects = Ordered(manifest.Counts.Rejects), Sums = Ordered(manifest.Counts.Sums) },
            Inputs = [.. manifest.Inputs.Select(i => i with { Days = i.Days.OrderBy(d => d.Key).ToDictionary(d => d.Key, d => d.Value) })],
        });

    /// <param name="path">Where the text lies, for the error.</param>
    /// <exception cref="BatchEtlException">The text is no manifest (Engine).</exception>
    public static Manifest Parse(string text, string path) => Parse<Manifest>(text, path);

    /// <summary>Any of the files beside the tables.</summary>
    internal static string Write<T>(T value) => JsonSerializer.Serialize(value, _json) + "\n";

    internal static T Parse<T>(string text, string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, _json) ?? throw new JsonException("expected an object, found null");
        }
        catch (JsonException e)
        {
            throw new BatchEtlException(ExitCode.Engine, $"{path}: expected a file that this program wrote, found damaged JSON: {e.Message}; restore the file", e);
        }
    }

    private static Dictionary<string, T> Ordered<T>(IReadOnlyDictionary<string, T> entries) =>
        entries.OrderBy(e => e.Key, Utf8Order.Instance).ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);

    /// <summary>Instants as <c>2026-01-31T23:59:59.123456Z</c>, the fraction only where there is one.</summary>
    private sealed class UtcInstant : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
    }
}

/// <summary><c>_warehouse.json</c>: what is set once for the whole warehouse.</summary>
/// <param name="HistoryStart">T4.</param>
internal sealed record WarehouseFacts(DateOnly HistoryStart);

/// <summary><c>_erasures.json</c> (P7): only SHA-256 of ids, hexadecimal, in order.</summary>
/// <param name="Sha256">All that were ever erased; runs leave their records out.</param>
/// <param name="Pending">Those whose erasure has begun and is not done.</param>
internal sealed record ErasureFacts(IReadOnlyList<string> Sha256, IReadOnlyList<string> Pending);
