using System.Runtime.InteropServices;
using BatchEtl.Cli.Verbs;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Spark;
using CommandLine;

namespace BatchEtl.Cli;

/// <summary>The program: a command line in, an exit code out.</summary>
public static class Program
{
    private static int Main(string[] args) => Run(
        SparkSessions.Arguments(args, Environment.GetEnvironmentVariable),
        (options, application, cancellation) => SparkSessions.Open(options, application, Environment.GetEnvironmentVariable, cancellation));

    /// <summary>Runs a command line.</summary>
    /// <param name="openSpark">The way to a Spark session, given the engine's options and a name for the application; taken only with that engine.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, Func<EngineOptions, string, CancellationToken, ISparkSession> openSpark)
    {
        Composition.OpenSpark = openSpark;

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
                .ParseArguments<NightlyOptions, BackfillOptions, RunOptions, PlanOptions, CheckOptions, ShowOptions, StatusOptions, DdlOptions, SyncCatalogOptions, ExpireOptions, EraseOptions, VerifyOptions, GenerateOptions, DemoOptions, CatOptions, SchemaOptions>(args)
                .MapResult(
                    (NightlyOptions o) => RunVerbs.Nightly(o, now, interrupted.Token),
                    (BackfillOptions o) => RunVerbs.Backfill(o, now, interrupted.Token),
                    (RunOptions o) => RunVerbs.RunTable(o, now, interrupted.Token),
                    (PlanOptions o) => RunVerbs.Plan(o, now, interrupted.Token),
                    (CheckOptions o) => LookVerbs.Check(o, now, interrupted.Token),
                    (ShowOptions o) => LookVerbs.Show(o, interrupted.Token),
                    (StatusOptions o) => LookVerbs.Status(o, now, interrupted.Token),
                    (DdlOptions o) => CatalogVerbs.Ddl(o, now),
                    (SyncCatalogOptions o) => CatalogVerbs.Sync(o, now),
                    (ExpireOptions o) => UpkeepVerbs.Expire(o, now, interrupted.Token),
                    (EraseOptions o) => UpkeepVerbs.Erase(o, now, interrupted.Token),
                    (VerifyOptions o) => UpkeepVerbs.Verify(o, now, interrupted.Token),
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
    }
}
