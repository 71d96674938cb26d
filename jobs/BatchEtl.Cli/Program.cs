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
    /// <summary>A verb's options → what runs it, in the order of the help text.</summary>
    private static readonly OrderedDictionary<Type, Func<object, DateTimeOffset, CancellationToken, ExitCode>> _verbs = new()
    {
        [typeof(NightlyOptions)] = (o, now, cancellation) => RunVerbs.Nightly((NightlyOptions)o, now, cancellation),
        [typeof(BackfillOptions)] = (o, now, cancellation) => RunVerbs.Backfill((BackfillOptions)o, now, cancellation),
        [typeof(RunOptions)] = (o, now, cancellation) => RunVerbs.RunTable((RunOptions)o, now, cancellation),
        [typeof(PlanOptions)] = (o, now, cancellation) => RunVerbs.Plan((PlanOptions)o, now, cancellation),
        [typeof(CheckOptions)] = (o, now, cancellation) => LookVerbs.Check((CheckOptions)o, now, cancellation),
        [typeof(ShowOptions)] = (o, _, cancellation) => LookVerbs.Show((ShowOptions)o, cancellation),
        [typeof(StatusOptions)] = (o, now, cancellation) => LookVerbs.Status((StatusOptions)o, now, cancellation),
        [typeof(ReportOptions)] = (o, _, cancellation) => ReportVerbs.Report((ReportOptions)o, cancellation),
        [typeof(MetricsOptions)] = (o, _, cancellation) => ReportVerbs.Metrics((MetricsOptions)o, cancellation),
        [typeof(DdlOptions)] = (o, now, _) => CatalogVerbs.Ddl((DdlOptions)o, now),
        [typeof(SyncCatalogOptions)] = (o, now, _) => CatalogVerbs.Sync((SyncCatalogOptions)o, now),
        [typeof(ExpireOptions)] = (o, now, cancellation) => UpkeepVerbs.Expire((ExpireOptions)o, now, cancellation),
        [typeof(EraseOptions)] = (o, now, cancellation) => UpkeepVerbs.Erase((EraseOptions)o, now, cancellation),
        [typeof(VerifyOptions)] = (o, now, cancellation) => UpkeepVerbs.Verify((VerifyOptions)o, now, cancellation),
        [typeof(GenerateOptions)] = (o, _, cancellation) => GenerateVerbs.Generate((GenerateOptions)o, cancellation),
        [typeof(DemoOptions)] = (o, _, cancellation) => GenerateVerbs.Demo((DemoOptions)o, cancellation),
        [typeof(CatOptions)] = (o, _, cancellation) => CatVerb.Cat((CatOptions)o, cancellation),
        [typeof(SchemaOptions)] = (_, _, _) => LookVerbs.Schema(),
    };

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
            return (int)parser.ParseArguments(args, [.. _verbs.Keys]).MapResult(
                options => _verbs[options.GetType()](options, now, interrupted.Token),
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
