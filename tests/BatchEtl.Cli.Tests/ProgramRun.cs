using System.Diagnostics;
using System.Text.RegularExpressions;

namespace BatchEtl.Cli.Tests;

/// <summary>The program as a process of its own.</summary>
internal sealed partial record ProgramRun(int ExitCode, string Output, string Error)
{
    private static readonly Dictionary<string, string?> _none = [];
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "batch-etl.dll");

    /// <summary>The checksum that a list of expire or erase wants to be confirmed by; empty where nothing is listed.</summary>
    public string Confirmation => Checksum().Match(Output).Groups[1].Value;

    public static ProgramRun Of(params string[] arguments) => With(_none, arguments);

    /// <summary>Runs the program with more environment variables.</summary>
    public static ProgramRun With(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProgramRun(process.ExitCode, output, error.Result);
    }

    /// <summary>Starts the program and kills it after a while; true when it was still running.</summary>
    public static bool Killed(TimeSpan after, params string[] arguments)
    {
        using var process = Start(arguments);
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var running = !process.WaitForExit(after);
        if (running)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        return running;
    }

    public static Process Start(params string[] arguments) => Start(_none, arguments);

    /// <param name="environment">Variables beside those of the test; null removes one.</param>
    public static Process Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add(_program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex("--confirm ([0-9a-f]{16})")]
    private static partial Regex Checksum();
}
