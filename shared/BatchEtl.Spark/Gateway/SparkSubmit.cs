using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace BatchEtl.Spark.Gateway;

/// <summary>
/// A spark-submit that we started: a driver that lives as long as we hold its standard input open. It ends when we do,
/// however we end.
/// </summary>
public sealed class SparkSubmit : IDisposable
{
    private const int KeptLines = 200;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(20);
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly Queue<string> _lines = [];

    private SparkSubmit(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    /// <summary>Where the driver's gateway listens.</summary>
    public GatewayAddress Address { get; private set; } = new(0, "");

    /// <summary>Starts a driver and waits until it can be called.</summary>
    /// <param name="sparkHome">Spark's folder.</param>
    /// <param name="master">What spark-submit calls <c>--master</c>; null leaves it to Spark's own settings.</param>
    /// <param name="conf">Spark settings.</param>
    /// <param name="temp">Where the driver puts what does not fit into memory; null = the system's folder for that.</param>
    /// <exception cref="SparkException">There is no Spark there, or it ended, or it did not get ready in time.</exception>
    public static SparkSubmit Start(string sparkHome, string? master, IReadOnlyDictionary<string, string> conf, CancellationToken cancellation, string? temp = null)
    {
        var program = Path.Combine(Path.GetFullPath(sparkHome), "bin", "spark-submit");
        if (!File.Exists(program))
        {
            throw new SparkException($"expected {program}, found none; set SPARK_HOME to an Apache Spark 3.5 or later");
        }

        // The driver's current folder and its files live there, so that nothing stays of one that was killed.
        var folder = Directory.CreateDirectory(Path.Combine(temp ?? Path.GetTempPath(), $"batch-etl-spark-{Guid.NewGuid():N}"));
        var info = Path.Combine(folder.FullName, "connection");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.FullName,
            Environment =
            {
                ["_PYSPARK_DRIVER_CONN_INFO_PATH"] = info,
                ["SPARK_SUBMIT_OPTS"] = $"-Djava.io.tmpdir={folder.FullName} {Environment.GetEnvironmentVariable("SPARK_SUBMIT_OPTS")}",
            },
        };
        if (master is not null)
        {
            start.ArgumentList.Add("--master");
            start.ArgumentList.Add(master);
        }

        foreach (var (key, value) in conf.Append(new("spark.local.dir", conf.GetValueOrDefault("spark.local.dir", folder.FullName))))
        {
            start.ArgumentList.Add("--conf");
            start.ArgumentList.Add($"{key}={value}");
        }

        start.ArgumentList.Add("pyspark-shell");
        try
        {
            var submit = new SparkSubmit(Process.Start(start)!, folder);
            try
            {
                submit.Listen();
                submit.Address = submit.Await(info, cancellation);
                return submit;
            }
            catch
            {
                submit.Kill();
                throw;
            }
        }
        catch (Win32Exception e)
        {
            folder.Delete(recursive: true);
            throw new SparkException($"expected to run {program}, found: {e.Message}", e);
        }
    }

    /// <summary>The last lines that the driver wrote.</summary>
    public string LastLines(int count)
    {
        lock (_lines)
        {
            return string.Join('\n', _lines.TakeLast(count));
        }
    }

    /// <summary>Ends the driver without waiting for what it does.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }

        End();
    }

    /// <summary>Ends the driver.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(_farewell))
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It is gone already.
        }

        End();
    }

    private void End()
    {
        _process.Dispose();
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Nothing there matters any more.
        }
    }

    private void Listen()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            while (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }

    private GatewayAddress Await(string info, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < _patience)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Read(info) is { } address)
            {
                return address;
            }

            if (_process.WaitForExit(50))
            {
                _process.WaitForExit();
                throw new SparkException($"spark-submit ended with {_process.ExitCode} before it was ready:\n{Reasons()}");
            }
        }

        throw new SparkException($"spark-submit was not ready after {_patience.TotalMinutes} minutes:\n{LastLines(10)}");
    }

    /// <summary>Port, length and secret; null while they are not all there.</summary>
    private static GatewayAddress? Read(string info)
    {
        if (!File.Exists(info))
        {
            return null;
        }

        var bytes = File.ReadAllBytes(info);
        if (bytes.Length < 8)
        {
            return null;
        }

        var port = BinaryPrimitives.ReadInt32BigEndian(bytes);
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4));
        return bytes.Length < 8 + length ? null : new GatewayAddress(port, Encoding.UTF8.GetString(bytes, 8, length));
    }

    /// <summary>Of what the driver wrote, the lines that say why it failed, else the last ones.</summary>
    public string Reasons()
    {
        lock (_lines)
        {
            var told = _lines.Where(l => l.Contains("Exception", StringComparison.Ordinal) || l.Contains("Error", StringComparison.Ordinal) || l.StartsWith("Caused by", StringComparison.Ordinal)).ToList();
            return told.Count > 0 ? string.Join('\n', told.Take(5)) : string.Join('\n', _lines.TakeLast(10));
        }
    }
}
