namespace BatchEtl.Spark.Gateway;

/// <summary>A Spark session behind a gateway: in a spark-submit that started us, or in one that we started.</summary>
public sealed class GatewaySession : ISparkSession
{
    private readonly GatewayAddress _address;
    private readonly SparkSubmit? _submit;
    private readonly GatewayConnection _connection;
    private readonly JavaObject _session;

    /// <param name="submit">The driver that we started, to be ended with the session; null when it started us.</param>
    /// <exception cref="SparkException">The session can't be had.</exception>
    public GatewaySession(GatewayAddress address, SparkSubmit? submit, string application)
    {
        (_address, _submit) = (address, submit);
        _connection = new GatewayConnection(address);
        var builder = (JavaObject)_connection.CallStatic("org.apache.spark.sql.SparkSession", "builder")!;
        _session = _connection.Get(_connection.Get(builder, "appName", application), "getOrCreate");
        Version = (string)_connection.Call(_session, "version")!;
    }

    public string Version { get; }

    public void Configure(string key, string value)
    {
        var conf = _connection.Get(_session, "conf");
        _connection.Call(conf, "set", key, value);
        _connection.Release(conf);
    }

    public void Execute(string sql) => _connection.Release(_connection.Get(_session, "sql", sql));

    public SparkRows Rows(string sql)
    {
        var frame = _connection.Get(_session, "sql", sql);
        var schema = _connection.Get(frame, "schema");
        var json = _connection.Get(frame, "toJSON");
        var list = _connection.Get(json, "collectAsList");
        try
        {
            // One text for all rows instead of one call for each; JSON has no line ends inside.
            var text = (string)_connection.CallStatic("java.lang.String", "join", "\n", list)!;
            return new SparkRows((string)_connection.Call(schema, "json")!, text.Length == 0 ? [] : text.Split('\n'));
        }
        finally
        {
            foreach (var known in new[] { frame, schema, json, list })
            {
                _connection.Release(known);
            }
        }
    }

    public void ViewOfAvro(string view, IReadOnlyList<string> paths, string readerSchema, IReadOnlyList<string> columns)
    {
        var reader = _connection.Get(_session, "read");
        reader = _connection.Get(reader, "format", "avro");
        reader = _connection.Get(reader, "option", "avroSchema", readerSchema);
        var files = _connection.Get(reader, "load", _connection.ArrayOf("java.lang.String", paths));
        var frame = _connection.Get(files, "selectExpr", _connection.ArrayOf("java.lang.String", columns));
        _connection.Call(frame, "createOrReplaceTempView", view);
        foreach (var known in new[] { reader, files, frame })
        {
            _connection.Release(known);
        }
    }

    public void ViewOfParquet(string view, IReadOnlyList<string> paths)
    {
        var reader = _connection.Get(_session, "read");
        var frame = _connection.Get(reader, "parquet", _connection.ArrayOf("java.lang.String", paths));
        _connection.Call(frame, "createOrReplaceTempView", view);
        _connection.Release(reader);
        _connection.Release(frame);
    }

    public void Cancel()
    {
        using var other = new GatewayConnection(_address);
        other.Call(other.Get(_session, "sparkContext"), "cancelAllJobs");
    }

    public void Dispose()
    {
        try
        {
            _connection.Call(_session, "stop");
        }
        catch (SparkException)
        {
            // The driver is gone, which is what was wanted.
        }

        _connection.Dispose();
        _submit?.Dispose();
    }
}
