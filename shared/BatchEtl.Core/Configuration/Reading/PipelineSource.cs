using System.Text.Json.Nodes;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Where each key of a pipeline was given, for checks that look at the finished model.</summary>
internal sealed class PipelineSource
{
    private readonly Dictionary<string, SourcePosition> _positions = new(StringComparer.Ordinal);
    private readonly SourcePosition _file;
    private readonly MapNode _root;

    public PipelineSource(string file, MapNode root)
    {
        _file = new SourcePosition(file, 1);
        _root = root;
        Add("", root);
    }

    /// <summary>The whole as JSON, without secrets.</summary>
    public JsonNode? Json() => SourceJson.Of(_root);

    /// <summary>The position of a dotted path of keys (<c>[i]</c> for a list's items), or of the nearest one around it.</summary>
    public SourcePosition At(string path)
    {
        while (path.Length > 0)
        {
            if (_positions.TryGetValue(path, out SourcePosition at))
            {
                return at;
            }

            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return _file;
    }

    private void Add(string path, SourceNode node)
    {
        if (node is MapNode map)
        {
            foreach (SourceEntry entry in map.Entries)
            {
                string own = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
                _positions.TryAdd(own, entry.KeyAt);
                Add(own, entry.Value);
            }
        }
        else if (node is ListNode list)
        {
            for (int i = 0; i < list.Items.Count; i++)
            {
                _positions.TryAdd($"{path}[{i}]", list.Items[i].At);
                Add($"{path}[{i}]", list.Items[i]);
            }
        }
    }
}
