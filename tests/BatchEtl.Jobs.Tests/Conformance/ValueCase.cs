using System.Globalization;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>
/// A case of Values/*.json: Avro fields, a mapping, landed records and what becomes of each. Expectations were written from semantics.md,
/// by hand, so that every engine is held to the contract and not to what another engine does.
/// </summary>
internal sealed record ValueCase(string Name, JsonObject Json)
{
    public DateOnly Day => DateOnly.ParseExact(Text("day") ?? "2026-05-04", "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What tells its names and rows apart in a night that it shares with other cases; empty in a night of its own.</summary>
    public string Suffix { get; init; } = string.Empty;

    /// <summary>Whether nothing but a dimension v of its own is mapped, so that other such cases may land in the same night.</summary>
    public bool CanShare => !IsRefused && Json.All(p => p.Key is "name" or "avro" or "events" or "rows")
        && Json["events"] is JsonObject { Count: 1 } events && events["dimensions"] is JsonObject { Count: 1 } dimensions && dimensions.ContainsKey("v");

    /// <summary>The column whose published value <c>out</c> is.</summary>
    public string Column => Named(Text("column") ?? "v");

    /// <summary>The name of a landed file.</summary>
    public string FileName => $"part{Suffix}.avro";

    /// <summary>The column that tells which event a row became: one that is not under test.</summary>
    public string Key => Column == "actor_id" ? "event_id" : "actor_id";

    /// <summary>The mapping is a configuration error.</summary>
    public bool IsRefused => Text("refused") is not null;

    /// <summary>Why the product is known not to refuse this mapping.</summary>
    public string? Known => Text("known");

    /// <summary>Numbers are rounded to 32 bits before they land.</summary>
    public bool LandsFloats => Json["avro"]?.ToJsonString().Contains("\"float\"", StringComparison.Ordinal) ?? false;

    public IReadOnlyList<ValueRow> Rows => field ??= [.. Json["rows"]!.AsArray().Select((row, i) => new ValueRow(this, i, row!.AsObject()))];

    /// <summary>A field's or column's name as it is in the case's night.</summary>
    public string Named(string name) => name == "v" ? name + Suffix : name;

    public static IEnumerable<TestCaseData> All()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Conformance", "Values"), "*.json").Order(StringComparer.Ordinal))
        {
            foreach (var json in JsonNode.Parse(File.ReadAllText(file))!.AsArray())
            {
                var name = json!["name"]!.GetValue<string>();
                yield return new TestCaseData(new ValueCase(name, json.AsObject())).SetArgDisplayNames($"{Path.GetFileNameWithoutExtension(file)}: {name}");
            }
        }
    }

    public override string ToString() => Name;

    private string? Text(string key) => Json[key]?.GetValue<string>();
}

/// <summary>
/// A landed record and its fate: <c>out</c> (an event with this value; null counts), <c>bad</c> (short for a reject bad_value of the column
/// with this raw value), <c>reject</c> ([reason, column, raw], raw left out where the contract does not say it), or <c>gone</c> (in neither table).
/// </summary>
internal sealed record ValueRow(ValueCase Case, int Index, JsonObject Json)
{
    public string Folder => Json["folder"]?.GetValue<string>() ?? Case.Day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public bool IsEvent => Json.ContainsKey("out");

    /// <summary>Why the product is known to differ here; such a row fails when it no longer does.</summary>
    public string? Known => Json["known"]?.GetValue<string>();

    public (string Reason, string Column, JsonNode? Raw, bool HasRaw)? Reject =>
        Json.TryGetPropertyValue("bad", out var raw) ? ("bad_value", Case.Column, raw, true)
        : Json["reject"] is JsonArray named ? (named[0]!.GetValue<string>(), Case.Named(named[1]!.GetValue<string>()), named.Count > 2 ? named[2] : null, named.Count > 2)
        : null;

    public override string ToString() => $"{Case.Name}, row {Index} {Json.ToJsonString()}";
}
