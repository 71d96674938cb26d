using BatchEtl.Core.Publishing;

namespace BatchEtl.Storage.Tests;

/// <summary>A thread that lists and reads published partitions as fast as it can, the way engines do: list, then open by path.</summary>
internal sealed class PartitionReader
{
    private readonly Warehouse _warehouse;
    private readonly Thread _thread;
    private volatile bool _stop;

    public PartitionReader(Warehouse warehouse)
    {
        _warehouse = warehouse;
        _thread = new Thread(Read);
        _thread.Start();
    }

    public long Reads { get; private set; }

    /// <summary>Reads whose files had been replaced between the listing and the opening.</summary>
    public long Replaced { get; private set; }

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
        string[] files;
        try
        {
            files = Directory.GetFiles(partition);
        }
        catch (DirectoryNotFoundException)
        {
            Faults.Add($"{partition} is missing");
            return;
        }

        try
        {
            var runs = files.Select(File.ReadAllText).Distinct().ToList();
            if (files.Length != PublishingProcess.Files || runs.Count != 1)
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
}
