using System.Diagnostics;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Storage;

namespace BatchEtl.Storage.Tests;

/// <summary>A thread that lists and reads published partitions as fast as it can, the way engines do: list, then open by path.</summary>
internal sealed class PartitionReader
{
    private readonly IStore? _remote;
    private readonly Warehouse _warehouse;
    private readonly Thread _thread;
    private volatile bool _stop;

    /// <param name="remote">A store that can't be read by paths, whose partitions may be missing for a moment; null = local.</param>
    public PartitionReader(Warehouse warehouse, IStore? remote = null)
    {
        _remote = remote;
        _warehouse = warehouse;
        _thread = new Thread(Read);
        _thread.Start();
    }

    public long Reads { get; private set; }

    /// <summary>Reads whose files had been replaced between the listing and the opening.</summary>
    public long Replaced { get; private set; }

    /// <summary>Reads that found no partition on a remote store.</summary>
    public long Missing { get; private set; }

    /// <summary>The longest time that a partition was missing, as seen from here.</summary>
    public TimeSpan LongestMissing { get; private set; }

    public List<string> Faults { get; } = [];

    public HashSet<string> Seen { get; } = [];

    public void Stop()
    {
        _stop = true;
        _thread.Join();
    }

    private void Read()
    {
        for (var t = 0; !_stop; t = (t + 1) % PublishingProcess.Partitions)
        {
            ReadOnce(_warehouse.Partition(PublishingProcess.Table(t), PublishingProcess.Day));
            if (Reads % 10 == 0)
            {
                Thread.Sleep(1); // The publisher needs a processor too.
            }
        }
    }

    private void ReadOnce(string partition)
    {
        Reads++;
        var files = List(partition);
        if (files is null)
        {
            AwaitMissing(partition);
            return;
        }

        try
        {
            var runs = files.Select(Text).Distinct().ToList();
            if (files.Count != PublishingProcess.Files || runs.Count != 1)
            {
                Faults.Add($"{partition}: saw {string.Join(", ", files.Select(Path.GetFileName))} of {string.Join(", ", runs)}");
                return;
            }

            Seen.Add(runs[0]);
        }
        catch (FileNotFoundException)
        {
            Replaced++;
        }
    }

    private void AwaitMissing(string partition)
    {
        if (_remote is null)
        {
            Faults.Add($"{partition} is missing");
            return;
        }

        Missing++;
        var began = Stopwatch.StartNew();
        while (!_stop && !_remote.Exists(partition))
        {
        }

        LongestMissing = began.Elapsed > LongestMissing ? began.Elapsed : LongestMissing;
    }

    private IReadOnlyList<string>? List(string partition)
    {
        if (_remote is not null)
        {
            return _remote.List(partition)?.Select(e => $"{partition}/{e.Name}").ToList();
        }

        try
        {
            return Directory.GetFiles(partition);
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string Text(string file) => _remote is null ? File.ReadAllText(file) : _remote.ReadText(file) ?? throw new FileNotFoundException(file);
}
