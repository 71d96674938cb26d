using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Core.Publishing;

/// <summary>
/// Makes staged partitions visible (semantics.md P1): each partition in one step, the manifest last. What a publication is
/// about to do is written to a journal first; when it is killed, the next run's <see cref="Recover"/> completes it. Killed
/// before that, it leaves the last published state. What a publication replaced stays in staging until the next one or the
/// next run: a reader that has opened a folder's listing would else see it run empty.
/// </summary>
/// <param name="held">The right to write into the warehouse; held as long as the publisher is used.</param>
public sealed class Publisher(RunLock held)
{
    private const string Outgoing = "_outgoing";
    private readonly Warehouse _warehouse = held.Warehouse;
    private readonly IStore _store = held.Warehouse.Store;
    private readonly Dictionary<string, int> _published = new(StringComparer.Ordinal);
    private readonly List<string> _replaced = [];
    private int _publications;

    /// <summary>What every run does first: removes what dead runs staged, and completes publications that they had begun.</summary>
    /// <returns>The days whose publication was completed.</returns>
    /// <exception cref="BatchEtlException">The store failed, or files that a journal names are gone (Engine).</exception>
    public IReadOnlyList<DateOnly> Recover()
    {
        var pending = Pending();
        foreach (var entry in _store.List(_warehouse.StagingFolder) ?? [])
        {
            if (entry.Name != held.RunId && pending.All(p => p.Intent.RunId != entry.Name))
            {
                _store.Delete($"{_warehouse.StagingFolder}/{entry.Name}");
            }
        }

        foreach (var (journal, intent) in pending)
        {
            Complete(journal, intent);
            _replaced.Add(_warehouse.Staging(intent.RunId));
        }

        return [.. pending.Select(p => p.Intent.Day)];
    }

    /// <summary>
    /// What every run does last, after an error too: removes what it staged and nobody publishes, scratch folders included.
    /// A publication that was begun keeps what the next run needs to complete it.
    /// </summary>
    /// <param name="removeReplaced">Remove what the last publication replaced too: readers that had begun to list it may
    /// find it empty. For erasures, which may not leave it until the next run (P7).</param>
    /// <exception cref="BatchEtlException">The store failed (Engine); what is published is as it should be.</exception>
    public void Finish(bool removeReplaced = false)
    {
        if (removeReplaced)
        {
            RemoveReplaced();
        }

        var staging = _warehouse.Staging(held.RunId);
        foreach (var entry in _store.List(staging) ?? [])
        {
            if (entry.Name != Outgoing)
            {
                _store.Delete($"{staging}/{entry.Name}");
            }
        }

        if (_store.List($"{staging}/{Outgoing}") is null or [])
        {
            _store.Delete(staging);
        }
    }

    /// <summary>
    /// Publishes a day. Not to be interrupted: once begun it is completed, by this call or by the next run. Tables that the
    /// warehouse has and the run has not stay as they are.
    /// </summary>
    /// <param name="manifest">The day's manifest; its tables are filled in here.</param>
    /// <param name="partitions">What lies in <see cref="Warehouse.Staging(string,string,DateOnly)"/> of this run.</param>
    /// <returns>The manifest as published.</returns>
    /// <exception cref="BatchEtlException">
    /// Staged files are not those that were audited (CheckFailed), or the store failed (Engine); the message says whether
    /// the published state is untouched or the next run completes it.
    /// </exception>
    public Manifest Publish(Manifest manifest, IReadOnlyList<StagedPartition> partitions)
    {
        if (manifest.RunId != held.RunId)
        {
            throw new ArgumentException($"expected a manifest of run {held.RunId}, found one of {manifest.RunId}", nameof(manifest));
        }

        var (published, journal, intent, outgoing) = Untouched(() => Prepare(manifest, partitions));
        try
        {
            Complete(journal, intent);
            Forget(outgoing, intent); // Not before: until then it may hold what the journal needs.
        }
        catch (BatchEtlException e)
        {
            throw new BatchEtlException(
                e.ExitCode, $"{e.Message}; publishing {Text(manifest.Day)} had begun: the next run of any day completes it from {journal}", e);
        }

        return published;
    }

    /// <summary>Makes sure that the warehouse is still this run's: what another has taken over is not worth building.</summary>
    /// <exception cref="BatchEtlException">Another run has taken it over (Refused), or the store failed.</exception>
    public void Verify() => held.Verify();

    /// <summary>
    /// Takes partitions of a day away for good. Its manifest says so first; each partition leaves readers' sight in one step. Killed in between,
    /// the manifest calls expired what is still there, and the next expiry takes it.
    /// </summary>
    /// <exception cref="BatchEtlException">The store failed (Engine), or the warehouse is another run's (Refused).</exception>
    public void Expire(DateOnly day, IReadOnlyList<string> tables)
    {
        held.Verify();
        if (_warehouse.Manifests.Read(day) is { } manifest)
        {
            var expired = new Dictionary<string, string>(manifest.Expired, StringComparer.Ordinal);
            foreach (var table in tables)
            {
                expired[table] = held.RunId;
            }

            _warehouse.Manifests.Replace(
                day,
                ManifestText.Of(manifest with { Expired = expired, Tables = manifest.Tables.Where(t => !tables.Contains(t.Key)).ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal) }),
                replaced: null);
        }

        foreach (var table in tables)
        {
            var folder = $"{_warehouse.Staging(held.RunId)}/_expired/{table}";
            _store.CreateFolder(folder);
            _store.Move(_warehouse.Partition(table, day), $"{folder}/{Warehouse.PartitionName(day)}");
        }
    }

    private (Manifest Published, string Journal, PublishIntent Intent, string Outgoing) Prepare(Manifest manifest, IReadOnlyList<StagedPartition> partitions)
    {
        held.Verify();
        foreach (var (pending, left) in Pending())
        {
            Complete(pending, left); // An earlier publication of this run that met an error.
        }

        RemoveReplaced();
        var named = partitions.Select(Name).ToList();
        var outgoing = string.Create(CultureInfo.InvariantCulture, $"{_warehouse.Staging(held.RunId)}/{Outgoing}/{++_publications}");
        foreach (var partition in named)
        {
            var folder = $"{outgoing}/{partition.Table}";
            _store.Flush(_warehouse.Staging(held.RunId, partition.Table, partition.Day));
            _store.CreateFolder(folder);
            _store.Move(_warehouse.Staging(held.RunId, partition.Table, partition.Day), $"{folder}/{Warehouse.PartitionName(partition.Day)}");
        }

        var published = manifest with
        {
            Tables = new Dictionary<string, ManifestTable>(
                manifest.Tables.Where(t => named.All(p => p.Table != t.Key || p.Day != manifest.Day)).Concat(
                    named.Where(p => p.Day == manifest.Day).Select(p => KeyValuePair.Create(p.Table, new ManifestTable(p.Rows, p.Files)))),
                StringComparer.Ordinal),
        };
        var intent = new PublishIntent(
            held.RunId,
            manifest.Day,
            manifest.HistoryStart,
            [.. named.Select(p => Intended(outgoing, p))],
            ManifestText.Of(published),
            _warehouse.Manifests.Read(manifest.Day)?.RunId);
        var journal = $"{_warehouse.JournalFolder}/{held.RunId}.{Text(manifest.Day)}.json";
        _store.WriteText(journal, ManifestText.Write(intent));
        VerifyOrTakeBack(journal);
        return (published, journal, intent, outgoing);
    }

    /// <summary>A run that took over meanwhile has removed what the journal names; it would wait for it in vain.</summary>
    private void VerifyOrTakeBack(string journal)
    {
        try
        {
            held.Verify();
        }
        catch (BatchEtlException e) when (e.ExitCode == ExitCode.Refused)
        {
            _store.Delete(journal);
            throw;
        }
    }

    private IntendedPartition Intended(string outgoing, StagedPartition partition) => new(
        Relative($"{outgoing}/{partition.Table}/{Warehouse.PartitionName(partition.Day)}"),
        Relative(_warehouse.Partition(partition.Table, partition.Day)),
        [.. partition.Files.Select(f => f.Name)]);

    /// <summary>
    /// Gives a partition's files names that hold the run, so that no two versions of a partition share one: a reader that
    /// listed the old version finds none of its files rather than one of the new, and recovery sees which version lies where.
    /// </summary>
    private StagedPartition Name(StagedPartition partition)
    {
        var folder = _warehouse.Staging(held.RunId, partition.Table, partition.Day);
        CheckStaged(folder, partition);
        var target = _warehouse.Partition(partition.Table, partition.Day);
        var times = _published[target] = _published.GetValueOrDefault(target) + 1;
        var suffix = string.Create(CultureInfo.InvariantCulture, $"-{held.RunId}{(times == 1 ? "" : $"-{times}")}.parquet");
        return partition with { Files = [.. partition.Files.Select(Rename).OrderBy(f => f.Name, Utf8Order.Instance)] };

        ManifestFile Rename(ManifestFile file)
        {
            if (file.Name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return file;
            }

            var name = file.Name[..^".parquet".Length] + suffix;
            _store.Move($"{folder}/{file.Name}", $"{folder}/{name}");
            return file with { Name = name };
        }
    }

    /// <summary>Only what was audited is published; what engines leave beside their files (<c>_SUCCESS</c>, <c>.crc</c>) is removed.</summary>
    private void CheckStaged(string folder, StagedPartition partition)
    {
        var expected = partition.Files.ToDictionary(f => f.Name, f => f.Bytes, StringComparer.Ordinal);
        if (expected.Count == 0)
        {
            throw new ArgumentException($"{partition.Table}: expected at least one file, a table without rows included (P1)", nameof(partition));
        }

        foreach (var entry in _store.List(folder) ?? [])
        {
            if (!Warehouse.IsTableFile(entry))
            {
                _store.Delete($"{folder}/{entry.Name}");
            }
            else if (!expected.Remove(entry.Name, out var bytes) || bytes != entry.Bytes)
            {
                throw new BatchEtlException(
                    ExitCode.CheckFailed,
                    string.Create(CultureInfo.InvariantCulture, $"{folder}/{entry.Name}: expected {(bytes == 0 ? "no such file" : $"{bytes} bytes")} as audited, found {entry.Bytes} bytes; run the day again"));
            }
        }

        if (expected.Count > 0)
        {
            throw new BatchEtlException(ExitCode.CheckFailed, $"{folder}/{expected.Keys.First()}: expected the file that was audited, found nothing; run the day again");
        }
    }

    private List<(string Journal, PublishIntent Intent)> Pending()
    {
        var pending = new List<(string, PublishIntent)>();
        foreach (var entry in _store.List(_warehouse.JournalFolder) ?? [])
        {
            var journal = $"{_warehouse.JournalFolder}/{entry.Name}";
            if (entry.Name[0] == '.')
            {
                _store.Delete(journal); // An intent that was never written to its end.
            }
            else
            {
                pending.Add((journal, ManifestText.Parse<PublishIntent>(_store.ReadText(journal)!, journal)));
            }
        }

        return pending;
    }

    private void Forget(string outgoing, PublishIntent intent)
    {
        if (intent.Partitions.Any(p => _store.Exists(Absolute(p.Staged))))
        {
            _replaced.Add(outgoing);
        }
        else
        {
            _store.Delete(outgoing); // All partitions were new: nothing was replaced.
        }
    }

    private void RemoveReplaced()
    {
        foreach (var folder in _replaced)
        {
            _store.Delete(folder);
        }

        _replaced.Clear();
    }

    /// <summary>Does what is left to do of an intent, wherever an earlier attempt ended.</summary>
    private void Complete(string journal, PublishIntent intent)
    {
        foreach (var partition in intent.Partitions)
        {
            held.Verify();
            Show(journal, partition);
        }

        held.Verify();
        _warehouse.RememberHistory(intent.HistoryStart);
        _warehouse.Manifests.Replace(intent.Day, intent.Manifest, intent.Replaces);
        _store.Delete(journal);
    }

    private void Show(string journal, IntendedPartition partition)
    {
        string staged = Absolute(partition.Staged), target = Absolute(partition.Target);
        var present = _store.List(target);
        if (Holds(present, partition))
        {
            return;
        }

        if (!Holds(_store.List(staged), partition))
        {
            throw new BatchEtlException(
                ExitCode.Engine,
                $"{journal}: expected {partition.Files[0]} in {staged} or {target}, found it in neither; restore it, or remove the journal file and run its day again");
        }

        if (present is null)
        {
            _store.CreateFolder(target[..target.LastIndexOf('/')]);
            _store.Move(staged, target);
        }
        else
        {
            _store.Exchange(staged, target);
        }
    }

    private static bool Holds(IReadOnlyList<StoreEntry>? entries, IntendedPartition partition) =>
        entries is not null && partition.Files.All(f => entries.Any(e => e.Name == f));

    private static T Untouched<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (BatchEtlException e)
        {
            throw new BatchEtlException(e.ExitCode, $"{e.Message}; what is published is untouched", e);
        }
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string Relative(string path) => path[(_warehouse.Root.Length + 1)..];

    private string Absolute(string path) => $"{_warehouse.Root}/{path}";
}
