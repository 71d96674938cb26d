using BatchEtl.Core.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>YAML text as a tree of values with their lines. Aliases stand for what they name; tags but the core ones are refused.</summary>
internal sealed class YamlSource
{
    private const int DeepestNesting = 50;
    private const int LargestTree = 100_000;
    private readonly Parser _parser;
    private readonly string _origin;
    private readonly bool _hasLines;
    private readonly Dictionary<string, SourceNode> _anchors = new(StringComparer.Ordinal);

    private YamlSource(string text, string origin, bool hasLines)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _origin = origin;
        _hasLines = hasLines;
    }

    /// <summary>The tree of one document; a null scalar for an empty one.</summary>
    /// <param name="origin">File name, or what stands for it in messages.</param>
    /// <param name="hasLines">False: positions have no line (--set).</param>
    /// <exception cref="BatchEtlException">The text is no YAML, or more than one document, or too large (Usage).</exception>
    public static SourceNode Parse(string text, string origin, bool hasLines = true)
    {
        var source = new YamlSource(text, origin, hasLines);
        try
        {
            return source.Document();
        }
        catch (YamlException e)
        {
            throw Fault(source.Position(e.Start), $"no valid YAML: {OneLine(e.Message)}", "YAML or JSON");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The scanner has a few ways to stumble over damaged text that it does not declare.
            throw Fault(source.Position(source._parser.Current?.Start ?? Mark.Empty), "no valid YAML", "YAML or JSON");
        }
    }

    private SourceNode Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return new ScalarNode(Position(Mark.Empty), ScalarKind.Null, "");
        }

        _parser.Consume<DocumentStart>();
        SourceNode root = Node(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.TryConsume<StreamEnd>(out _))
        {
            throw Fault(Position(_parser.Current!.Start), "a second document", "one YAML document");
        }

        return root;
    }

    private SourceNode Node(int depth)
    {
        SourcePosition at = Position(_parser.Current!.Start);
        if (depth > DeepestNesting)
        {
            throw Fault(at, $"more than {DeepestNesting} levels of nesting", "fewer");
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.GetValueOrDefault(alias.Value.Value)
                ?? throw Fault(at, $"the alias {Quoted.Value("*" + alias.Value.Value)} before its anchor", "an anchor above it");
        }

        var start = (NodeEvent)_parser.Current!;
        SourceNode node = start switch
        {
            Scalar => OfScalar(at, _parser.Consume<Scalar>()),
            SequenceStart => List(at, depth),
            MappingStart => Map(at, depth),
            _ => throw Fault(at, "no value", "a value"),
        };
        if (node.Size > LargestTree)
        {
            throw Fault(at, $"more than {LargestTree} values", "fewer");
        }

        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private ListNode List(SourcePosition at, int depth)
    {
        CheckTag(at, _parser.Consume<SequenceStart>().Tag, "seq");
        var items = new List<SourceNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return new ListNode(at, items);
    }

    private MapNode Map(SourcePosition at, int depth)
    {
        CheckTag(at, _parser.Consume<MappingStart>().Tag, "map");
        var entries = new List<SourceEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            SourceNode key = Node(depth + 1);
            if (key is not ScalarNode { Kind: not ScalarKind.Null } scalar)
            {
                throw Fault(key.At, $"{key.Described} as a key", "text as a key");
            }

            entries.Add(new SourceEntry(scalar.Text, key.At, Node(depth + 1)));
        }

        return new MapNode(at, entries);
    }

    private static ScalarNode OfScalar(SourcePosition at, Scalar scalar)
    {
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            CheckTag(at, scalar.Tag, "str");
            return new ScalarNode(at, ScalarKind.Text, scalar.Value);
        }

        ScalarKind kind = scalar.Style is ScalarStyle.Plain && scalar.Tag.IsEmpty ? CoreSchema.KindOf(scalar.Value) : ScalarKind.Text;

        // True and TRUE are the same value as true.
        return new ScalarNode(at, kind, kind == ScalarKind.Boolean ? scalar.Value.ToLowerInvariant() : scalar.Value);
    }

    private static void CheckTag(SourcePosition at, TagName tag, string core)
    {
        if (!tag.IsEmpty && !tag.IsNonSpecific && tag.Value != $"tag:yaml.org,2002:{core}")
        {
            throw Fault(at, $"the tag {Quoted.Value(tag.Value)}", "no tags");
        }
    }

    private SourcePosition Position(Mark mark) => new(_origin, _hasLines ? Math.Max(1, (int)mark.Line) : 0);

    private static string OneLine(string message) => string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static BatchEtlException Fault(SourcePosition at, string found, string expected) =>
        BatchEtlException.Usage(Quoted.Line($"{at}: {found}; expected {expected}"));
}
