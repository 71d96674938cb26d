namespace BatchEtl.Spark.Gateway;

/// <summary>How far the running stages are, by Spark's status tracker, over a connection of its own: the session's waits for its statement.</summary>
internal sealed class StageProgress(GatewayAddress address, JavaObject session) : IDisposable
{
    private const string Arrays = "java.lang.reflect.Array";
    private readonly Lock _lock = new();
    private GatewayConnection? _connection;
    private JavaObject? _tracker;
    private bool _isOver;

    /// <summary>Tasks done and tasks in all; null when no stage runs or nobody answers.</summary>
    public (int Done, int All)? Tasks()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return null;
            }

            try
            {
                return Ask();
            }
            catch (Exception e) when (e is SparkException or OperationCanceledException)
            {
                // A look at the work must not disturb it; whoever waits for the statement says what is wrong.
                _isOver = true;
                return null;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _connection?.Dispose();
        }
    }

    private (int Done, int All)? Ask()
    {
        _connection ??= new GatewayConnection(address);
        _tracker ??= _connection.Get(_connection.Get(session, "sparkContext"), "statusTracker");
        var (done, all) = (0, 0);
        var stages = _connection.Get(_tracker, "getActiveStageIds");
        for (var i = (int)_connection.CallStatic(Arrays, "getLength", stages)! - 1; i >= 0; i--)
        {
            var found = _connection.Get(_tracker, "getStageInfo", _connection.CallStatic(Arrays, "get", stages, i));
            if (_connection.Call(found, "isDefined") is true)
            {
                var stage = _connection.Get(found, "get");
                done += (int)_connection.Call(stage, "numCompletedTasks")!;
                all += (int)_connection.Call(stage, "numTasks")!;
                _connection.Release(stage);
            }

            _connection.Release(found);
        }

        _connection.Release(stages);
        return all == 0 ? null : (done, all);
    }
}
