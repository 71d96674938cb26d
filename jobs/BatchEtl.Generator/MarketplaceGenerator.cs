using System.Collections.Concurrent;
using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Generator.Container;
using BatchEtl.Generator.Landing;
using BatchEtl.Generator.World;

namespace BatchEtl.Generator;

/// <summary>
/// Synthetic tracking of a marketplace, landed by hour of arrival as <c>{yyyy}-{MM}-{dd}/{HH}/part-N.avro</c> (UTC).
/// Each file is made alone from a plan of hours and from random numbers by counter: memory is that of one file per
/// thread, however many events there are.
/// </summary>
public static class MarketplaceGenerator
{
    /// <summary>Generates all days.</summary>
    /// <param name="progress">Records written so far, after each file; from any thread.</param>
    /// <exception cref="BatchEtlException">An option is out of its bounds, or the output folder holds something (usage).</exception>
    /// <exception cref="OperationCanceledException">Cancelled; whole files that were written stay.</exception>
    public static GeneratedLanding Run(GeneratorOptions options, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var plan = LandingPlan.Of(options);
        if (Directory.Exists(options.Output) && Directory.EnumerateFileSystemEntries(options.Output).Any())
        {
            throw BatchEtlException.Usage($"generate: expected a folder that does not exist or is empty; '{options.Output}' holds something. Name another, or empty it.");
        }

        Directory.CreateDirectory(options.Output);
        var total = new Totals();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken };
        Parallel.ForEach(
            Partitioner.Create(PartsOf(plan), EnumerablePartitionerOptions.NoBuffering),
            parallel,
            () => new LandedPart(plan),
            (which, _, part) =>
            {
                part.Fill(which.Hour, which.Part);
                var bytes = Write(options, plan, part, which.Hour, which.Part);
                var records = total.Add(part.Count, bytes);
                progress?.Report(records);
                return part;
            },
            _ => { });
        return total.Landing;
    }

    private static IEnumerable<(int Hour, int Part)> PartsOf(LandingPlan plan) =>
        from hour in Enumerable.Range(0, plan.Hours.Count)
        from part in Enumerable.Range(0, plan.Hours[hour].Parts)
        select (hour, part);

    private static long Write(GeneratorOptions options, LandingPlan plan, LandedPart part, int hour, int number)
    {
        var start = DateTimeOffset.FromUnixTimeMilliseconds(plan.Hours[hour].StartMs);
        var folder = Path.Combine(options.Output, start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), start.ToString("HH", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        var draw = Draw.Of(plan.Seed ^ 0xF11E, (ulong)hour, (ulong)number);
        var version = VersionOf(hour + number, draw);

        // Named with a dot until it is whole: readers of the landing pass by such names.
        var unfinished = Path.Combine(folder, FormattableString.Invariant($".part-{number}.avro"));
        using (var file = ContainerFile.Create(new EventWriter(part, version), unfinished, MarketplaceSchema.Of(version), options.Codec, (draw, Draw.Mix(draw))))
        {
            for (var i = 0; i < part.Count; i++)
            {
                file.Append(i);
            }
        }

        var path = Path.Combine(folder, FormattableString.Invariant($"part-{number}.avro"));
        File.Move(unfinished, path, overwrite: true);
        return new FileInfo(path).Length;
    }

    // The first three files show each version; afterwards collectors of all versions run side by side.
    private static int VersionOf(int order, ulong draw) => order < 3 ? order + 1 : (draw % 10) switch { < 4 => 1, < 7 => 2, _ => 3 };

    private sealed class Totals
    {
        private readonly Lock gate = new();
        private GeneratedLanding landing = new(0, 0, 0);

        public GeneratedLanding Landing => landing;

        public long Add(int records, long bytes)
        {
            lock (gate)
            {
                landing = new GeneratedLanding(landing.Records + records, landing.Files + 1, landing.Bytes + bytes);
                return landing.Records;
            }
        }
    }
}
