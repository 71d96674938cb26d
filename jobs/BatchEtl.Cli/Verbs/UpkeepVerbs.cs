using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Upkeep;

namespace BatchEtl.Cli.Verbs;

/// <summary>Verbs that keep a warehouse over the years: what is too old, whom to forget, whether all is still there.</summary>
internal static class UpkeepVerbs
{
    private const int Most = 50;

    public static ExitCode Expire(ExpireOptions options, DateTimeOffset now, CancellationToken cancellation) => RunVerbs.With(options, now, parts =>
    {
        var expiry = new Expiry(parts);
        var list = options.Confirm is { } confirmed ? expiry.Remove(confirmed, cancellation) : expiry.List();
        if (options.Confirm is not null)
        {
            new CatalogRegistration(parts).OfAll(mayFail: true);
        }

        Write([.. list.Partitions.Select(p => p.ToString())]);
        var bytes = string.Create(CultureInfo.InvariantCulture, $"{list.Partitions.Count} partitions, {list.Partitions.Sum(p => p.Bytes) / 1e6:N1} MB");
        Console.Out.WriteLine(options.Confirm is not null ? $"removed {bytes}"
            : list.Partitions.Count == 0 ? "nothing has expired"
            : $"would remove {bytes}; expire --confirm {list.Checksum} does");
    });

    public static ExitCode Erase(EraseOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        var ids = Ids(options.Ids);
        return RunVerbs.With(options, now, parts =>
        {
            var erasure = new Erasure(parts);
            var list = options.Confirm is { } confirmed ? erasure.Remove(ids, confirmed, cancellation) : erasure.List(ids, cancellation);
            Write([.. list.Partitions.Select(p => p.ToString())]);
            var rows = string.Create(CultureInfo.InvariantCulture, $"{list.Partitions.Sum(p => p.Rows)} rows of {ids.Count} ids in {list.Partitions.Count} partitions");
            Console.Out.WriteLine(options.Confirm is not null
                ? $"erased {rows}; later runs leave their records out, aggregates stay until their days are run again"
                : $"would erase {rows}; erase --confirm {list.Checksum} does, for what lands later too");
        });
    }

    public static ExitCode Verify(VerifyOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        var (first, last) = (OptionValues.Date("from", options.From), OptionValues.Date("to", options.To));
        var findings = 0;
        RunVerbs.With(options, now, parts =>
        {
            foreach (var finding in new Verification(parts).Verify(first, last, cancellation))
            {
                findings++;
                Console.Out.WriteLine($"{finding.Day:yyyy-MM-dd}{(finding.Table is null ? "" : " " + finding.Table)}: {finding.Message}");
            }

            Console.Out.WriteLine(findings == 0 ? $"{first:yyyy-MM-dd} to {last:yyyy-MM-dd}: all as published" : $"{findings} findings; backfill --force their days while what landed is there, or restore the files");
        });
        return findings == 0 ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private static void Write(IReadOnlyList<string> lines)
    {
        foreach (var line in lines.Take(Most))
        {
            Console.Out.WriteLine(line);
        }

        if (lines.Count > Most)
        {
            Console.Out.WriteLine($"and {lines.Count - Most} more");
        }
    }

    /// <summary>One id in each line, as published; empty lines are none.</summary>
    private static HashSet<string> Ids(string file)
    {
        try
        {
            var ids = File.ReadLines(file).Where(l => l.Length > 0).ToHashSet(StringComparer.Ordinal);
            return ids.Count > 0 ? ids : throw BatchEtlException.Usage($"--ids: expected an actor or user id in each line of {file}, found none");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BatchEtlException.Usage($"--ids: expected a file with an actor or user id in each line, {file} can't be read: {e.Message}");
        }
    }
}
