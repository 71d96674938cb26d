using System.Diagnostics;
using System.Globalization;
using BatchEtl.Core.Errors;

namespace BatchEtl.Cli.Output;

/// <summary>The command that a pipeline file wants run after each night (<c>on_finish</c>).</summary>
internal static class OnFinish
{
    /// <summary>Runs it with the shell; what it says goes to stderr. That it fails is a warning: the night is what it was.</summary>
    /// <param name="summary">Path of the day's report; empty where there is none.</param>
    public static void Run(string? command, string summary, ExitCode code)
    {
        if (string.IsNullOrWhiteSpace(command))
        {
            return;
        }

        try
        {
            var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd", ["/c", command]) : new ProcessStartInfo("/bin/sh", ["-c", command]);
            start.RedirectStandardOutput = true;
            start.Environment["BATCH_ETL_SUMMARY"] = summary;
            start.Environment["BATCH_ETL_EXIT_CODE"] = ((int)code).ToString(CultureInfo.InvariantCulture);
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
            process.BeginOutputReadLine();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                Console.Error.WriteLine($"warning: on_finish: expected '{command}' to exit with 0, found {process.ExitCode}");
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Console.Error.WriteLine($"warning: on_finish: '{command}' can't be run: {e.Message}");
        }
    }
}
