namespace BatchEtl.Spark;

/// <summary>Rows of a query.</summary>
/// <param name="SchemaJson">Spark's own JSON of the result's schema.</param>
/// <param name="Rows">A JSON object each, its fields in the schema's order, null fields included.</param>
public sealed record SparkRows(string SchemaJson, IReadOnlyList<string> Rows);

/// <summary>
/// What the engine needs of a Spark session. Failures are <see cref="SparkException"/> with Spark's own text.
/// </summary>
public interface ISparkSession : IDisposable
{
    /// <summary>Spark's version, e.g. <c>3.5.7</c>.</summary>
    string Version { get; }

    /// <summary>The cluster, e.g. <c>local[2]</c>, <c>spark://host:7077</c> or <c>yarn</c>.</summary>
    string Master { get; }

    /// <summary>Sets a session setting.</summary>
    void Configure(string key, string value);

    /// <summary>Runs a statement to its end.</summary>
    void Execute(string sql);

    /// <summary>Runs a query and hands over its few rows, in its order.</summary>
    SparkRows Rows(string sql);

    /// <summary>Makes a temporary view of Avro files, read by a reader schema.</summary>
    /// <param name="view">The view's name.</param>
    /// <param name="paths">URIs of files, exactly these.</param>
    /// <param name="columns">SQL expressions with names; they may ask for <c>_metadata</c>.</param>
    void ViewOfAvro(string view, IReadOnlyList<string> paths, string readerSchema, IReadOnlyList<string> columns);

    /// <summary>Makes a temporary view of Parquet files or folders. Their schema is looked up once, here, not with every use.</summary>
    /// <param name="paths">URIs, exactly these; all of one schema.</param>
    void ViewOfParquet(string view, IReadOnlyList<string> paths);

    /// <summary>Tasks done, and tasks in all, of the stages that run now; null when there are none or it is not known. May be
    /// called while another thread waits for a statement. Never throws.</summary>
    (int Done, int All)? Tasks();

    /// <summary>Ends what is running, and the session with it; may be called while another thread waits for it, which
    /// gets an <see cref="OperationCanceledException"/>, as all later calls do. Never throws.</summary>
    void Cancel();
}

/// <summary>Something that Spark, or the way to it, said no to.</summary>
public sealed class SparkException : Exception
{
    public SparkException(string message)
        : base(message)
    {
    }

    public SparkException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
