using System.Diagnostics;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>The scripts that start other people's software on this machine; they lie outside the repository.</summary>
internal static class ClusterScript
{
    /// <summary>Runs a script to its end; ignores the running test where there is no such script.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed; with what it wrote.</exception>
    public static string Run(string name, params string[] arguments)
    {
        var script = SparkSoftware.Script(name);

        // What is started keeps the pipes of its starter open: its output goes to a file.
        var output = Path.GetTempFileName();
        try
        {
            using var process = Process.Start("bash", ["-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "run", output, script, .. arguments]);
            process.WaitForExit();
            var text = File.ReadAllText(output);
            return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{script} {string.Join(' ', arguments)}: {text}");
        }
        finally
        {
            File.Delete(output);
        }
    }

    /// <summary>The value of a variable among lines such as <c>export NAME=value</c>.</summary>
    public static string Value(string exports, string name) =>
        exports.Split([' ', '\n']).Single(w => w.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
}
