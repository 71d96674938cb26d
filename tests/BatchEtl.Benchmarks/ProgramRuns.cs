using System.Diagnostics;

namespace BatchEtl.Benchmarks;

/// <summary>What benchmarks that run the program share.</summary>
internal static class ProgramRuns
{
    /// <summary>The value of an option.</summary>
    /// <param name="otherwise">Its default; null = it must be given.</param>
    public static string Option(string[] args, string name, string? otherwise) => Array.IndexOf(args, "--" + name) is >= 0 and var at && at + 1 < args.Length
        ? args[at + 1]
        : otherwise ?? throw new ArgumentException($"expected --{name}");

    /// <summary>Does something with an empty folder that has the pipeline file, and removes it.</summary>
    public static void InFolder(string[] args, Action<string> run)
    {
        var root = Path.Combine(Option(args, "dir", Path.GetTempPath()), Path.GetRandomFileName());
        Directory.CreateDirectory(root);
        try
        {
            File.Copy(Option(args, "pipeline", null), Path.Combine(root, "pipeline.yaml"));
            run(root);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>Runs the program to its end.</summary>
    public static void Run(string[] args, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Option(args, "program", null), .. arguments]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
        }
    }
}
