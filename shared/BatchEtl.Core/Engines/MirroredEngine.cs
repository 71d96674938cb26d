using System.Globalization;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Storage;

namespace BatchEtl.Core.Engines;

/// <summary>
/// Lets an engine that reads and writes local files work on a warehouse elsewhere: what it writes is sent, what it reads is
/// fetched once and kept until the space for such files is wanted for others.
/// </summary>
/// <param name="engine">Ends with this one.</param>
/// <param name="copies">Existing local folder for copies.</param>
/// <param name="owner">Whose end removes that folder; ends with this one.</param>
/// <param name="bytes">They are let go, the longest unused first, beyond so many bytes; those of one statement always stay.</param>
public sealed class MirroredEngine(IEngine engine, IRemoteStore store, string copies, IDisposable owner, long bytes) : IEngine
{
    private readonly Dictionary<string, Copy> _copies = new(StringComparer.Ordinal);
    private long _used;
    private long _clock;
    private int _made;

    public string Name => engine.Name;

    public string Version => engine.Version;

    public Dialect Dialect => engine.Dialect;

    public long RecordsPerSlice => engine.RecordsPerSlice;

    public bool KeepsLandedRecords => engine.KeepsLandedRecords;

    public bool CombinesQueries => engine.CombinesQueries;

    public bool HasOwnAggregates => engine.HasOwnAggregates;

    public void Execute(string sql, CancellationToken cancellation) => engine.Execute(sql, cancellation);

    public void Materialize(string step, string select, CancellationToken cancellation) => engine.Materialize(step, select, cancellation);

    public void Append(string step, string select, CancellationToken cancellation) => engine.Append(step, select, cancellation);

    public void Keep(string step, string select, CancellationToken cancellation) => engine.Keep(step, select, cancellation);

    public void Drop(string step) => engine.Drop(step);

    public IReadOnlyList<object?[]> Rows(string select, CancellationToken cancellation) => engine.Rows(select, cancellation);

    public IReadOnlyList<string> WriteParquet(string select, string folder, string prefix, ParquetFormat format, CancellationToken cancellation)
    {
        var local = Directory.CreateDirectory(Path.Combine(copies, string.Create(CultureInfo.InvariantCulture, $"w{_made++}"))).FullName;
        var sent = new List<string>();
        foreach (var file in engine.WriteParquet(select, local, prefix, format, cancellation))
        {
            var path = $"{folder}/{Path.GetFileName(file)}";
            store.Send(file, path);
            Keep(path, file);
            sent.Add(path);
        }

        LetGo();
        return sent;
    }

    public bool PrepareRepeatFilter(long keys) => engine.PrepareRepeatFilter(keys);

    public void DropRepeatFilter() => engine.DropRepeatFilter();

    public string ParquetRelation(IReadOnlyList<string> files)
    {
        var relation = engine.ParquetRelation([.. files.Select(Local)]);
        LetGo();
        return relation;
    }

    public string LandedRelation(LandedScan scan) => engine.LandedRelation(scan);

    public string TypeName(ColumnType type) => engine.TypeName(type);

    public void Dispose()
    {
        engine.Dispose();
        owner.Dispose();
    }

    private sealed record Copy(string File, long Bytes)
    {
        public long Used { get; set; }
    }

    private string Local(string path)
    {
        if (!_copies.TryGetValue(path, out var copy))
        {
            var file = Path.Combine(copies, string.Create(CultureInfo.InvariantCulture, $"r{_made++}.parquet"));
            store.Fetch(path, file);
            copy = Keep(path, file);
        }

        copy.Used = ++_clock;
        return copy.File;
    }

    private Copy Keep(string path, string file)
    {
        var copy = new Copy(file, new FileInfo(file).Length) { Used = ++_clock };
        if (_copies.Remove(path, out var before))
        {
            _used -= before.Bytes;
            File.Delete(before.File);
        }

        _copies[path] = copy;
        _used += copy.Bytes;
        return copy;
    }

    /// <summary>A statement names its files before it runs: the newest hundred are left alone.</summary>
    private void LetGo()
    {
        const int untouched = 100;
        foreach (var (path, copy) in _copies.OrderBy(c => c.Value.Used).SkipLast(untouched).ToList())
        {
            if (_used <= bytes)
            {
                return;
            }

            _copies.Remove(path);
            _used -= copy.Bytes;
            File.Delete(copy.File);
        }
    }
}
