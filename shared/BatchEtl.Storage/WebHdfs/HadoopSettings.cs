using System.Xml;
using System.Xml.Linq;

namespace BatchEtl.Storage.WebHdfs;

/// <summary>Hadoop's own client settings: core-site.xml and hdfs-site.xml of a folder; those that are not there are empty.</summary>
internal sealed class HadoopSettings
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="folder">HADOOP_CONF_DIR; null = no settings.</param>
    /// <exception cref="IOException">A file can't be read or is no settings file.</exception>
    public HadoopSettings(string? folder)
    {
        if (folder is null)
        {
            return;
        }

        foreach (var file in new[] { "core-site.xml", "hdfs-site.xml" }.Select(n => Path.Combine(folder, n)).Where(File.Exists))
        {
            try
            {
                foreach (var property in XDocument.Load(file).Root!.Elements("property"))
                {
                    _values[property.Element("name")?.Value.Trim() ?? ""] = property.Element("value")?.Value.Trim() ?? "";
                }
            }
            catch (XmlException e)
            {
                throw new IOException($"{file}: expected Hadoop's settings, found damaged XML: {e.Message}", e);
            }
        }
    }

    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>The web addresses of the NameNodes behind the authority of an hdfs:// path.</summary>
    public IReadOnlyList<Uri> NameNodes(string authority)
    {
        var scheme = this["dfs.http.policy"] == "HTTPS_ONLY" ? "https" : "http";
        var nodes = this[$"dfs.ha.namenodes.{authority}"]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (nodes.Length > 0)
        {
            return [.. nodes.Select(n => this[$"dfs.namenode.{scheme}-address.{authority}.{n}"]).OfType<string>().Select(a => new Uri($"{scheme}://{a}"))];
        }

        var host = authority.Split(':')[0];
        var port = scheme == "https" ? 9871 : 9870;

        // The address may be one to listen on (0.0.0.0) or another cluster's; only its port is taken for this host then.
        var known = this[$"dfs.namenode.{scheme}-address"];
        return [new Uri($"{scheme}://{host}:{(known is null ? port : new Uri($"{scheme}://{known}").Port)}")];
    }
}
