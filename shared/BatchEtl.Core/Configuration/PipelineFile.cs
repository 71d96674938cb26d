using System.Text;
using BatchEtl.Core.Configuration.Reading;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Configuration;

/// <summary>Reads pipeline files (pipeline.md, "The file"): YAML, or JSON, which is YAML.</summary>
public static class PipelineFile
{
    /// <summary>Reads, defaults and validates a pipeline file.</summary>
    /// <param name="path">The file, relative to <paramref name="currentFolder"/>.</param>
    /// <param name="sets"><c>key.sub=value</c> each, the value being YAML; they replace the file's values, the last one counts.</param>
    /// <param name="currentFolder">Absolute. Paths given by a set are relative to it, those of the file to the file's folder.</param>
    /// <exception cref="BatchEtlException">
    /// Something is wrong (Usage): a line <c>FILE:LINE: found; expected …; did you mean '…'?</c> for each error.
    /// </exception>
    public static Pipeline Load(string path, IReadOnlyList<string> sets, string currentFolder)
    {
        string full = Path.GetFullPath(path, currentFolder);
        SourceNode root = YamlSource.Parse(ReadText(path, full), path);
        return Read(path, root, sets, Path.GetDirectoryName(full) ?? currentFolder, currentFolder);
    }

    /// <summary>Like <see cref="Load"/>, of a text.</summary>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="folder">Absolute; paths in the text are relative to it.</param>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static Pipeline Parse(string text, string file, string folder, IReadOnlyList<string>? sets = null) =>
        Read(file, YamlSource.Parse(text, file), sets ?? [], folder, folder);

    private static Pipeline Read(string file, SourceNode root, IReadOnlyList<string> sets, string folder, string currentFolder)
    {
        var errors = new ErrorList();
        if (root is not MapNode map)
        {
            if (!root.IsNull)
            {
                throw BatchEtlException.Usage($"{root.At}: the file is {root.Described}; expected a mapping with the keys {string.Join(", ", KeySet.Pipeline.Keys)}");
            }

            map = new MapNode(new SourcePosition(file, 1), []);
        }

        foreach (string set in sets)
        {
            map = SettingOverride.Parse(set).Apply(map, errors);
        }

        Section top = Section.Open(new ReadContext(errors, folder, currentFolder), "", KeySet.Pipeline, map, new SourcePosition(file, 1));
        Pipeline pipeline = Read(file, top) with { Source = new PipelineSource(file, map) };
        PipelineChecks.Check(pipeline, column => column.DeclaredType, errors);
        errors.ThrowIfAny();
        return pipeline;
    }

    private static Pipeline Read(string file, Section top) => new(
        file,
        top.Text("name", Path.GetFileNameWithoutExtension(file)),
        top.Zone("zone") ?? "UTC",
        top.Word("week_starts", DayOfWeek.Monday, ("monday", DayOfWeek.Monday), ("sunday", DayOfWeek.Sunday)),
        LandingReader.Read(top.Open("landing", KeySet.Landing)),
        WarehouseReader.Read(top.Open("warehouse", KeySet.Warehouse)),
        MappingReader.Read(top.Open("events", KeySet.Events)),
        SessionReader.Read(top.Open("sessions", KeySet.Sessions)),
        [.. CubeReader.Read(top)],
        MetricReader.Read(top.Open("metrics", KeySet.Metrics)),
        RunReader.Retention(top.Open("retention", KeySet.Retention)),
        [.. FunnelReader.Read(top)],
        RunReader.Anomalies(top.Open("anomalies", KeySet.Anomalies)),
        top.Flag("report", true),
        top.Text("on_finish"),
        RunReader.Catalog(top.Open("catalog", KeySet.Catalog)),
        RunReader.Checks(top),
        RunReader.Engine(top.Open("engine", KeySet.Engine)));

    private static string ReadText(string path, string full)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(full)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw BatchEtlException.Usage($"{path}: the byte at position {e.Index} is not UTF-8; expected UTF-8 text");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BatchEtlException.Usage($"{path}: cannot be read ({e.Message}); expected a pipeline file");
        }
    }
}
