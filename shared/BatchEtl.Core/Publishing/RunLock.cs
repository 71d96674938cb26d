using System.Globalization;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Storage;

namespace BatchEtl.Core.Publishing;

/// <summary>The right to write into a warehouse: one run at a time. Given back when disposed, and by the death of its process.</summary>
public sealed class RunLock : IDisposable
{
    private readonly IStoreLock _held;

    private RunLock(Warehouse warehouse, string runId, IStoreLock held) => (Warehouse, RunId, _held) = (warehouse, runId, held);

    public Warehouse Warehouse { get; }

    public string RunId { get; }

    /// <summary>Takes the lock of a warehouse.</summary>
    /// <param name="started">When the run started, for the message that others get.</param>
    /// <exception cref="BatchEtlException">Another run has it (Refused); the message names it.</exception>
    public static RunLock Take(Warehouse warehouse, string runId, DateTimeOffset started)
    {
        var holder = string.Create(
            CultureInfo.InvariantCulture,
            $"run {Publishing.RunId.Check(runId)}, process {Environment.ProcessId} on {Environment.MachineName}, started {started.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        return warehouse.Store.TryLock(warehouse.LockFile, holder, out var other) is { } held
            ? new RunLock(warehouse, runId, held)
            : throw BatchEtlException.Refused(
                $"{warehouse.Root}: the warehouse is in use by {(string.IsNullOrWhiteSpace(other) ? "a run that has just begun" : other.Trim())}; wait until it is done, or stop it");
    }

    /// <summary>Makes sure that the warehouse is still this run's.</summary>
    /// <exception cref="BatchEtlException">Another run has taken it over (Refused), or the store failed.</exception>
    public void Verify() => _held.Verify();

    public void Dispose() => _held.Dispose();
}
