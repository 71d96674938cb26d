namespace BatchEtl.Spark.Gateway;

/// <summary>A Spark session behind a gateway: in a spark-submit that started us, or in one that we started.</summary>
public sealed class GatewaySession : ISparkSession
{
    private readonly GatewayAddress _address;
    private readonly SparkSubmit? _submit;
    private readonly GatewayConnection _connection;
    private readonly JavaObject _session;
    private readonly StageProgress _progress;

    /// <param name="submit">The driver that we started, to be ended with the session; null when it started us.</param>
    /// <param name="conf">Settings of the application; those of a driver that runs already, such as its memory, come too late.</param>
    /// <exception cref="SparkException">The session can't be had.</exception>
    /// <exception cref="OperationCanceledException">It was not wanted any more before it was there.</exception>
    public GatewaySession(
        GatewayAddress address, SparkSubmit? submit, string application, IReadOnlyDictionary<string, string>? conf = null, CancellationToken cancellation = default)
    {
        (_address, _submit) = (address, submit);
        _connection = new GatewayConnection(address);
        try
        {
            // A cluster may let us wait for long, and the call that waits ends only with its connection.
            using var registration = cancellation.Register(_connection.Dispose);
            var builder = _connection.Get((JavaObject)_connection.CallStatic("org.apache.spark.sql.SparkSession", "builder")!, "appName", application);
            foreach (var (key, value) in conf ?? new Dictionary<string, string>())
            {
                builder = _connection.Get(builder, "config", key, value);
            }

            _session = _connection.Get(builder, "getOrCreate");
            _progress = new StageProgress(address, _session);
            Version = (string)_connection.Call(_session, "version")!;
            Master = (string)_connection.Call(_connection.Get(_session, "sparkContext"), "master")!;
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public string Version { get; }

    public string Master { get; }

    public void Configure(string key, string value)
    {
        using var objects = new Objects(_connection);
        _connection.Call(objects.Get(_session, "conf"), "set", key, value);
    }

    public void Execute(string sql)
    {
        using var objects = new Objects(_connection);
        objects.Get(_session, "sql", sql);
    }

    public SparkRows Rows(string sql)
    {
        using var objects = new Objects(_connection);
        var frame = objects.Get(_session, "sql", sql);
        var list = objects.Get(objects.Get(frame, "toJSON"), "collectAsList");

        // One text for all rows instead of one call for each; JSON has no line ends inside.
        var text = (string)_connection.CallStatic("java.lang.String", "join", "\n", list)!;
        return new SparkRows((string)_connection.Call(objects.Get(frame, "schema"), "json")!, text.Length == 0 ? [] : text.Split('\n'));
    }

    public void ViewOfAvro(string view, IReadOnlyList<string> paths, string readerSchema, IReadOnlyList<string> columns)
    {
        using var objects = new Objects(_connection);
        var reader = objects.Get(objects.Get(objects.Get(_session, "read"), "format", "avro"), "option", "avroSchema", readerSchema);
        var files = objects.Get(reader, "load", objects.Texts(paths));
        _connection.Call(objects.Get(files, "selectExpr", objects.Texts(columns)), "createOrReplaceTempView", view);
    }

    public void ViewOfParquet(string view, IReadOnlyList<string> paths)
    {
        using var objects = new Objects(_connection);
        _connection.Call(objects.Get(objects.Get(_session, "read"), "parquet", objects.Texts(paths)), "createOrReplaceTempView", view);
    }

    public (int Done, int All)? Tasks() => _progress.Tasks();

    public void Cancel()
    {
        try
        {
            using var other = new GatewayConnection(_address);
            other.Call(other.Get(_session, "sparkContext"), "cancelAllJobs");
        }
        catch (SparkException)
        {
            // The driver is gone, and what ran with it.
        }
        finally
        {
            // A statement that is still being planned has no job that could be cancelled: whoever waits for it is let go.
            _connection.Dispose();
        }
    }

    public void Dispose()
    {
        _progress.Dispose();
        try
        {
            _connection.Call(_session, "stop");
        }
        catch (Exception e) when (e is SparkException or OperationCanceledException)
        {
            // The driver is gone or about to go, which is what was wanted.
        }

        _connection.Dispose();
        _submit?.Dispose();
    }

    /// <summary>Objects that the JVM keeps for us until we are done with them.</summary>
    private sealed class Objects(GatewayConnection connection) : IDisposable
    {
        private readonly HashSet<JavaObject> _known = [];

        public JavaObject Get(JavaObject target, string method, params ReadOnlySpan<object?> arguments) => Keep(connection.Get(target, method, arguments));

        public JavaObject Texts(IReadOnlyList<string> texts) => Keep(connection.ArrayOf("java.lang.String", texts));

        public void Dispose()
        {
            foreach (var known in _known)
            {
                try
                {
                    connection.Release(known);
                }
                catch (Exception e) when (e is SparkException or OperationCanceledException)
                {
                    // The driver is gone, and its objects with it; a failure on its way out must stay the one that is seen.
                    return;
                }
            }
        }

        private JavaObject Keep(JavaObject known)
        {
            _known.Add(known);
            return known;
        }
    }
}
