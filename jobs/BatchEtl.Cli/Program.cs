using System.Runtime.InteropServices;
using BatchEtl.Cli;
using BatchEtl.Cli.Verbs;
using BatchEtl.Core.Errors;
using BatchEtl.Spark;
using CommandLine;

// The one place that reads the wall clock (semantics.md T3).
#pragma warning disable RS0030
var now = DateTimeOffset.UtcNow;
#pragma warning restore RS0030

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

try
{
    using var parser = new Parser(settings =>
    {
        settings.HelpWriter = Console.Error;
        settings.CaseInsensitiveEnumValues = true;
        settings.AllowMultiInstance = true;
    });
    return (int)parser
        .ParseArguments<NightlyOptions, BackfillOptions, RunOptions, PlanOptions, CheckOptions, ShowOptions, StatusOptions, GenerateOptions, DemoOptions, CatOptions, SchemaOptions>(SparkSessions.Arguments(args, Environment.GetEnvironmentVariable))
        .MapResult(
            (NightlyOptions o) => RunVerbs.Nightly(o, now, interrupted.Token),
            (BackfillOptions o) => RunVerbs.Backfill(o, now, interrupted.Token),
            (RunOptions o) => RunVerbs.RunTable(o, now, interrupted.Token),
            (PlanOptions o) => RunVerbs.Plan(o, now, interrupted.Token),
            (CheckOptions o) => LookVerbs.Check(o, now, interrupted.Token),
            (ShowOptions o) => LookVerbs.Show(o, interrupted.Token),
            (StatusOptions o) => LookVerbs.Status(o, now, interrupted.Token),
            (GenerateOptions o) => GenerateVerbs.Generate(o, interrupted.Token),
            (DemoOptions o) => GenerateVerbs.Demo(o, interrupted.Token),
            (CatOptions o) => CatVerb.Cat(o, interrupted.Token),
            (SchemaOptions _) => LookVerbs.Schema(),
            errors => errors.All(e => e is HelpRequestedError or HelpVerbRequestedError or VersionRequestedError) ? ExitCode.Done : ExitCode.Usage);
}
catch (BatchEtlException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    if (e.ExitCode == ExitCode.Fault)
    {
        Console.Error.WriteLine(e);
    }

    return (int)e.ExitCode;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted; what was published stays as it is");
    return (int)ExitCode.Interrupted;
}
#pragma warning disable CA1031 // The last resort: a fault of ours becomes exit code 1 with its stack trace.
catch (Exception e)
#pragma warning restore CA1031
{
    Console.Error.WriteLine($"fault: {e}");
    return (int)ExitCode.Fault;
}

// The first signal ends the run in order, a second one at once.
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}
