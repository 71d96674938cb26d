using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>A pipeline file as JSON, for manifests. Settings of <c>engine.conf</c> whose key speaks of a secret are shown as ***: elsewhere keys are words of ours, or names of columns.</summary>
internal static partial class SourceJson
{
    private const string Redacted = "***";

    public static JsonNode? Of(SourceNode node, string path = "") => node switch
    {
        MapNode map => new JsonObject(map.Entries
            .DistinctBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => KeyValuePair.Create(e.Key, path == "engine.conf" && Secret().IsMatch(e.Key) && !e.Value.IsNull ? Redacted : Of(e.Value, path.Length == 0 ? e.Key : $"{path}.{e.Key}")))),
        ListNode list => new JsonArray([.. list.Items.Select(i => Of(i, path))]),
        ScalarNode scalar => Scalar(scalar),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static JsonNode? Scalar(ScalarNode scalar) => scalar.Kind switch
    {
        ScalarKind.Null => null,
        ScalarKind.Boolean => scalar.Text.Equals("true", StringComparison.OrdinalIgnoreCase),
        ScalarKind.Integer when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => integer,
        _ => scalar.Text,
    };

    [GeneratedRegex("secret|password|token|credential|access[._]?key", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();
}
