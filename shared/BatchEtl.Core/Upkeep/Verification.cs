using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;
using BatchEtl.Core.Time;

namespace BatchEtl.Core.Upkeep;

/// <summary>What is wrong with a published day.</summary>
/// <param name="Table">Null where it is about the day.</param>
public sealed record Finding(DateOnly Day, string? Table, string Message);

/// <summary>Compares a published file with its manifest's word for it, bytes and checksum, and with its table's contract.</summary>
/// <returns>Its rows.</returns>
/// <exception cref="BatchEtlException">It is another (CheckFailed), or can't be read (Engine).</exception>
public delegate long FileComparison(string path, ManifestFile file, TableContract? contract, CancellationToken cancellation);

/// <summary>Reads published partitions again: files, schemas, rows and checksums against the manifests, and the jobs' checks.</summary>
public sealed class Verification(RunParts parts)
{
    private readonly DayCalendar _calendar = new(parts.Pipeline.Zone);

    /// <summary>What is damaged or missing of the days from first to last.</summary>
    /// <exception cref="BatchEtlException">A manifest is damaged (Engine).</exception>
    public IReadOnlyList<Finding> Verify(DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        using var engine = parts.StartReader();
        var findings = new List<Finding>();
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            if (!_calendar.Exists(day))
            {
                continue;
            }

            if (parts.Warehouse.Manifests.Read(day) is not { } manifest)
            {
                findings.Add(new Finding(day, null, "is not published: it has no manifest"));
                continue;
            }

            parts.Log.Info($"{day:yyyy-MM-dd}: {manifest.Tables.Count} tables");
            var build = PublishedTables.Of(parts, manifest, engine, cancellation);
            var damaged = manifest.Tables.Keys.Order(StringComparer.Ordinal).SelectMany(table => OfTable(build, manifest, table, cancellation)).ToList();
            findings.AddRange(damaged);
            if (damaged.Count == 0 && manifest.Expired.Count == 0)
            {
                findings.AddRange(OfChecks(build, manifest));
            }
        }

        return findings;
    }

    private IEnumerable<Finding> OfTable(DayBuild build, Manifest manifest, string table, CancellationToken cancellation)
    {
        var expected = manifest.Tables[table];
        var folder = parts.Warehouse.Partition(table, manifest.Day);
        var present = (parts.Warehouse.Files(table, manifest.Day) ?? []).Select(f => f[(f.LastIndexOf('/') + 1)..]).ToHashSet(StringComparer.Ordinal);
        var contract = build.Contracts.Of(table);
        var findings = new List<Finding>();
        long rows = 0;
        foreach (var file in expected.Files)
        {
            if (!present.Remove(file.Name))
            {
                findings.Add(new Finding(manifest.Day, table, $"{folder}/{file.Name}: expected the published file, found nothing"));
                continue;
            }

            try
            {
                rows += parts.Compare($"{folder}/{file.Name}", file, contract, cancellation);
            }
            catch (BatchEtlException e)
            {
                findings.Add(new Finding(manifest.Day, table, e.Message));
            }
        }

        findings.AddRange(present.Order(StringComparer.Ordinal).Select(extra => new Finding(manifest.Day, table, $"{folder}/{extra}: expected no such file, the manifest does not name it")));
        if (findings.Count == 0 && contract is not null && rows != expected.Rows)
        {
            findings.Add(new Finding(manifest.Day, table, string.Create(CultureInfo.InvariantCulture, $"{folder}: expected {expected.Rows} rows, found {rows}")));
        }

        return findings;
    }

    /// <summary>The jobs' checks again, where what they read of the day before is still there.</summary>
    private IEnumerable<Finding> OfChecks(DayBuild build, Manifest manifest)
    {
        if (build.DayBefore is { } before && new[] { "actors", "sessions" }.Any(t => parts.Warehouse.Files(t, before) is null))
        {
            return [];
        }

        // Erased rows are gone from the tables, not from what was counted (P7).
        build.Counts.ValidRecords = manifest.Tables["events"].Rows + manifest.Counts.Duplicates;
        build.Counts.Duplicates = manifest.Counts.Duplicates;
        var checks = parts.Jobs.SelectMany(j => j.Checks(build)).Where(c => c.Severity == CheckSeverity.Fail && manifest.Tables.ContainsKey(c.Table)).ToList();
        return
        [
            .. checks.Zip(build.Numbers([.. checks.Select(c => c.Query)])).Where(c => c.Second > c.First.Limit).Select(c => new Finding(
                manifest.Day, c.First.Table, string.Create(CultureInfo.InvariantCulture, $"check {c.First.Name}: {c.First.Means}; expected at most {c.First.Limit}, found {c.Second}"))),
        ];
    }
}
