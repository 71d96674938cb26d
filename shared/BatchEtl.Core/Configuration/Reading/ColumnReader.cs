namespace BatchEtl.Core.Configuration.Reading;

/// <summary>
/// Reads one mapped column (E1): a path, an object, or a list of these. Settings of the column (type, empty_is_null,
/// unit, format, zone) may stand at any of its objects but count for the whole column.
/// </summary>
internal sealed class ColumnReader(ReadContext context, string path, string name, ColumnRole role)
{
    private static readonly string[] Forms = ["path", "all", "constant"];
    private static readonly string[] SettingsOfColumns = ["type", "empty_is_null", "unit", "format", "zone"];
    private readonly List<Alternative> _alternatives = [];
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private ColumnType? _type;
    private bool _emptyIsNull;
    private TimeUnit? _unit;
    private bool _iso;
    private string? _zone;

    public MappedColumn Read(SourceNode node, SourcePosition at)
    {
        int before = context.Errors.Count;
        Alternatives(node, null, null);
        if (_unit is not null && _iso)
        {
            context.Errors.Add(at, $"{path} has both unit and format", "one of them");
        }

        bool textOnly = _alternatives.Count > 0 && _alternatives.All(a => a is not PathAlternative { Prefix: null });
        if (role == ColumnRole.Measure && _type is null && textOnly && context.Errors.Count == before)
        {
            context.Errors.Add(at, $"{path} is text without a type", "a type: bigint, double or decimal(p,s)");
        }

        CheckConstants(at);
        TimeReading? time = role == ColumnRole.OccurredAt ? new TimeReading(_unit, _iso, _zone) : null;
        return new MappedColumn(name, role, _type, _alternatives, _emptyIsNull, time, at.Line);
    }

    private void Alternatives(SourceNode node, string? prefix, string? key)
    {
        switch (node)
        {
            case ListNode { Items.Count: 0 }:
                context.Errors.Add(node.At, $"{path} is an empty list", "at least one path");
                break;
            case ListNode list:
                foreach (SourceNode item in list.Items)
                {
                    Alternatives(item, prefix, key);
                }

                break;
            case MapNode:
                Object(Section.Open(context, path, KeySet.Column, node, node.At), prefix, key);
                break;
            default:
                if (Path(node, key) is { } parsed)
                {
                    _alternatives.Add(new PathAlternative(parsed, prefix));
                }

                break;
        }
    }

    private void Object(Section column, string? prefix, string? key)
    {
        prefix = OptionalText(column, "prefix") ?? prefix;
        key = KeyField(column) ?? key;
        Settings(column);
        if (prefix is { Length: > 0 } && role == ColumnRole.OccurredAt)
        {
            context.Errors.Add(column.PositionOf("prefix"), $"{path} has a prefix", "none: it is an instant");
        }
        else if (prefix is { Length: > 0 } && _type is { Kind: not TypeKind.Text } type)
        {
            context.Errors.Add(column.PositionOf("prefix"), $"{path} has a prefix and the type {type}", "type text, or no prefix");
        }

        string[] given = [.. Forms.Where(k => column.Find(k) is not null)];
        if (given.Length != 1)
        {
            context.Errors.Add(column.At, $"{path} has {(given.Length == 0 ? "no path" : string.Join(" and ", given))}", "one of path, all or constant");
            return;
        }

        if (given[0] != "all" && column.Find("separator") is not null)
        {
            context.Errors.Add(column.PositionOf("separator"), $"{path} has a separator", "it beside all only");
        }

        SourceNode node = column.Find(given[0])!;
        switch (given[0])
        {
            case "path":
                Alternatives(node, prefix, key);
                break;
            case "all":
                Joined(node, OptionalText(column, "separator") ?? "|", prefix, key);
                break;
            default:
                if (Section.AsValue(context, column.PathOf("constant"), node) is { } constant)
                {
                    _alternatives.Add(new ConstantAlternative(constant, prefix));
                }

                break;
        }
    }

    private void Joined(SourceNode node, string separator, string? prefix, string? key)
    {
        if (node is not ListNode { Items.Count: > 0 } list)
        {
            context.Errors.Add(node.At, $"{path}.all is {node.Described}", "a list of paths");
            return;
        }

        FieldPath[] paths = [.. list.Items.Select(i => Path(i, key)).OfType<FieldPath>()];
        _alternatives.Add(new JoinedAlternative(paths, separator, prefix));
    }

    private FieldPath? Path(SourceNode node, string? key)
    {
        if (Section.AsText(context, path, node) is not { } text)
        {
            return null;
        }

        if (!FieldPath.TryParse(text, key ?? FieldPath.DefaultKeyField, out FieldPath? parsed, out string? error))
        {
            context.Errors.AddAt(node.At, $"path {Quoted.Value(text)} of {path}", error);
        }

        return parsed;
    }

    private string? KeyField(Section column)
    {
        string? key = column.Text("key");
        if (key is null || FieldPathParser.IsName(key))
        {
            return key;
        }

        context.Errors.Add(column.PositionOf("key"), $"{path}.key is {Quoted.Value(key)}", "the name of a field");
        return null;
    }

    // Empty text has a meaning here: no prefix where the object around has one, no separator.
    private static string? OptionalText(Section column, string key) =>
        column.Find(key) is ScalarNode { Kind: ScalarKind.Text, Text: "" } ? "" : column.Text(key);

    private void Settings(Section column)
    {
        foreach (string key in SettingsOfColumns)
        {
            if (column.Find(key) is not ScalarNode node)
            {
                _ = column.Text(key);
                continue;
            }

            bool forTime = key is "unit" or "format" or "zone";
            if (key != "empty_is_null" && forTime != (role == ColumnRole.OccurredAt))
            {
                context.Errors.Add(column.PositionOf(key), $"{path} has {key}", forTime ? "it at events.occurred_at only" : "none: it is an instant");
                continue;
            }

            if (!_settings.TryAdd(key, node.Text) && _settings[key] != node.Text)
            {
                context.Errors.Add(column.PositionOf(key), $"{path} has a second {key}, {Quoted.Value(node.Text)}", $"one for the whole column ('{_settings[key]}')");
                continue;
            }

            Setting(column, key, node);
        }
    }

    private void Setting(Section column, string key, ScalarNode node)
    {
        switch (key)
        {
            case "type":
                _type = Type(node);
                break;
            case "empty_is_null":
                _emptyIsNull = column.Flag(key, false);
                break;
            case "unit":
                _unit = column.Word<TimeUnit?>(
                    key, null, ("s", TimeUnit.Seconds), ("ms", TimeUnit.Milliseconds), ("us", TimeUnit.Microseconds), ("ns", TimeUnit.Nanoseconds));
                break;
            case "format":
                _iso = column.Word(key, false, ("iso", true));
                break;
            default:
                _zone = column.Zone(key);
                break;
        }
    }

    private ColumnType? Type(ScalarNode node)
    {
        string[] allowed = role switch
        {
            ColumnRole.EventName => ["text"],
            ColumnRole.Dimension => ["text", "bigint", "boolean", "date", "decimal(p,s)"],
            ColumnRole.Measure => ["bigint", "double", "decimal(p,s)"],
            _ => ["text", "uuid"],
        };
        bool hasDecimals = allowed.Contains("decimal(p,s)");
        if (Literals.Type(node.Text) is { } type && (type.Kind == TypeKind.Decimal ? hasDecimals : allowed.Contains(node.Text)))
        {
            return type;
        }

        bool isDecimal = hasDecimals && node.Text.StartsWith("decimal", StringComparison.Ordinal);
        context.Errors.Add(
            node.At, $"{path}.type is {node.Described}", isDecimal ? "decimal(p,s) with p from 1 to 38 and s from 0 to p" : Section.OneOf(allowed),
            isDecimal ? null : node.Text, allowed);
        return null;
    }

    private void CheckConstants(SourcePosition at)
    {
        if (_type is not { } type)
        {
            return;
        }

        foreach (ConstantAlternative constant in _alternatives.OfType<ConstantAlternative>())
        {
            string text = constant.Prefix + constant.Text;
            if (Values.Fault(text, type) is { } expected)
            {
                context.Errors.Add(at, $"{path} has the constant {Quoted.Value(text)} and the type {type}", expected);
            }
        }
    }
}
