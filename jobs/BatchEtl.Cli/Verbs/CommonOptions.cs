using System.Globalization;
using BatchEtl.Core.Errors;
using CommandLine;

namespace BatchEtl.Cli.Verbs;

/// <summary>Options of verbs that read a pipeline file.</summary>
public abstract class PipelineOptions
{
    [Option('p', "pipeline", Required = true, MetaValue = "FILE", HelpText = "The pipeline file.")]
    public string Pipeline { get; set; } = string.Empty;

    [Option("set", MetaValue = "KEY=VALUE", HelpText = "Overrides a key of the pipeline file, e.g. landing.root=/x; repeatable. Paths start at the current folder.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("engine", MetaValue = "NAME", HelpText = "duckdb or spark; overrides engine.name.")]
    public string? Engine { get; set; }
}

/// <summary>Options of verbs that build tables.</summary>
public abstract class RunningOptions : PipelineOptions
{
    [Option("as-of", MetaValue = "INSTANT", HelpText = "The run's clock, e.g. 2026-04-01T03:00:00Z; default: now.")]
    public string? AsOf { get; set; }

    [Option("provisional", HelpText = "Publish days that are not over yet, flagged as provisional.")]
    public bool Provisional { get; set; }

    [Option("log-format", Default = "text", MetaValue = "FORMAT", HelpText = "text or json.")]
    public string LogFormat { get; set; } = "text";

    [Option("no-progress", HelpText = "No progress line, even on a terminal.")]
    public bool NoProgress { get; set; }
}

internal static class OptionValues
{
    public static DateOnly Date(string option, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw BatchEtlException.Usage($"--{option}: expected a date such as 2026-03-28, found '{text}'");

    public static DateTimeOffset? Instant(string option, string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw BatchEtlException.Usage($"--{option}: expected an instant such as 2026-04-01T03:00:00Z, found '{text}'");
}
