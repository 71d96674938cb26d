using System.Diagnostics;
using BatchEtl.Cli.Output;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.DuckDb;

namespace BatchEtl.Cli.Verbs;

/// <summary>Verbs that build tables.</summary>
internal static class RunVerbs
{
    public static ExitCode Nightly(NightlyOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        if (options.Date is not null == options.CatchUp)
        {
            throw BatchEtlException.Usage("nightly: expected --date DATE or --catch-up, and not both");
        }

        IReadOnlyList<DateOnly>? asked = options.Date is { } date ? [OptionValues.Date("date", date)] : null;
        return Finishing(options, now, parts =>
        {
            var runner = new NightRunner(parts);
            return (asked ?? runner.Missing()).Select(day => runner.Night(day, cancellation));
        });
    }

    public static ExitCode Backfill(BackfillOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        var (first, last) = (OptionValues.Date("from", options.From), OptionValues.Date("to", options.To));
        return Finishing(options, now, parts => [new NightRunner(parts).Backfill(first, last, options.Force, cancellation)]);
    }

    public static ExitCode RunTable(RunOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        var day = OptionValues.Date("date", options.Date);
        return With(options, now, parts =>
        {
            var rows = new TableRunner(parts).Run(options.Table, day, Path.GetFullPath(options.Out), cancellation);
            Console.Out.WriteLine($"{rows} rows of {options.Table} in {options.Out}");
        });
    }

    public static ExitCode Plan(PlanOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        var day = OptionValues.Date("date", options.Date);
        return With(options, now, parts =>
        {
            foreach (var plan in new NightRunner(parts).Plan(day, cancellation))
            {
                PlanText.Write(Console.Out, plan, options.Sql);
            }
        });
    }

    /// <summary>Runs nights one after the other and sums each up; then the pipeline's <c>on_finish</c>, however they ended.</summary>
    private static ExitCode Finishing(RunningOptions options, DateTimeOffset now, Func<RunParts, IEnumerable<IReadOnlyList<Manifest>>> nights)
    {
        RunParts? composed = null;
        DateOnly? last = null;
        var code = ExitCode.Fault;
        try
        {
            return code = With(options, now, parts =>
            {
                composed = parts;
                foreach (var manifests in nights(parts).DefaultIfEmpty([]))
                {
                    Summarize(parts, manifests);
                    last = manifests.Count > 0 ? manifests[^1].Day : last;
                }
            });
        }
        catch (BatchEtlException e)
        {
            code = e.ExitCode;
            throw;
        }
        catch (OperationCanceledException)
        {
            code = ExitCode.Interrupted;
            throw;
        }
        finally
        {
            if (composed is not null)
            {
                // After a failure there is no report of this night.
                OnFinish.Run(composed.Pipeline.OnFinish, code == ExitCode.Done && last is { } day ? DayReport.JsonPath(composed.Warehouse, day) : string.Empty, code);
            }
        }
    }

    public static ExitCode With(RunningOptions options, DateTimeOffset now, Action<RunParts> run)
    {
        if (options.LogFormat is not ("text" or "json"))
        {
            throw BatchEtlException.Usage($"--log-format: expected text or json, found '{options.LogFormat}'");
        }

        var asOf = OptionValues.Instant("as-of", options.AsOf) ?? now;
        return With(Composition.Load(options), options.LogFormat, !options.NoProgress, asOf, options.Provisional, run);
    }

    /// <summary>Composes the parts of a run and runs it with a log.</summary>
    public static ExitCode With(Pipeline pipeline, string logFormat, bool progress, DateTimeOffset asOf, bool provisional, Action<RunParts> run)
    {
        var clock = Stopwatch.StartNew();
        using var log = new ConsoleLog(logFormat, progress, () => clock.Elapsed);
        log.Watch(() => DuckDbEngine.AllLandedRecordsRead);
        var parts = Composition.Parts(pipeline, log, asOf, provisional);
        run(parts);
        return ExitCode.Done;
    }

    public static void Summarize(RunParts parts, IReadOnlyList<Manifest> manifests)
    {
        if (manifests.Count == 0)
        {
            Console.Out.WriteLine("nothing to do");
            return;
        }

        new RunSummary(parts, manifests).Write(Console.Out);
    }
}
