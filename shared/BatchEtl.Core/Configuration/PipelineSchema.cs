namespace BatchEtl.Core.Configuration;

/// <summary>
/// The JSON Schema (draft 2020-12) of pipeline files, for editors. It knows keys, types and forms; what looks at several
/// settings, at zones or at the source's columns only <see cref="PipelineFile"/> can tell.
/// </summary>
public static class PipelineSchema
{
    /// <summary>The schema as JSON text.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        using Stream stream = typeof(PipelineSchema).Assembly.GetManifestResourceStream("pipeline.schema.json")
            ?? throw new InvalidOperationException("The schema is missing in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
