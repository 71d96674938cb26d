using System.Diagnostics;
using System.Runtime.Versioning;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>A verb that scripts/submit runs on a cluster. Disposed, it leaves nothing running.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Submission : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private Submission(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The script's process, which becomes spark-submit's.</summary>
    public int Id => _process.Id;

    /// <param name="folder">An existing folder for what the run leaves.</param>
    public static Submission Start(SparkCluster cluster, Deployment deployment, string folder, params string[] arguments)
    {
        // Client mode takes the test's own program: nothing is built while it runs.
        var program = Path.Combine(folder, "program");
        if (!File.Exists(program))
        {
            File.WriteAllText(program, $"#!/usr/bin/env bash\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "batch-etl.dll")}' \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        // Whatever Spark leaves in its current folder must not lie in the repository.
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "scripts", "submit")) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["BATCH_ETL_PROGRAM"] = program;
        foreach (var (name, value) in cluster.Environment)
        {
            start.Environment[name] = value;
        }

        foreach (var argument in (string[])[.. cluster.Options(deployment), "--", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return new Submission(Process.Start(start)!);
    }

    /// <summary>Waits for its end.</summary>
    public ProgramRun Ended()
    {
        _process.WaitForExit();
        return new ProgramRun(_process.ExitCode, _output.Result, _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
