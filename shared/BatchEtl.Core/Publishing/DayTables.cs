using BatchEtl.Core.Runs;

namespace BatchEtl.Core.Publishing;

/// <summary>A day's tables in a warehouse: what this run staged, else what is published. To be used until the day is published.</summary>
/// <param name="runId">The run; its staging folder is <see cref="Warehouse.Staging(string)"/>.</param>
/// <param name="built">The day that is built.</param>
public sealed class DayTables(Warehouse warehouse, string runId, DateOnly built) : IDayTables
{
    private readonly HashSet<string> _staged = new(StringComparer.Ordinal);

    /// <summary>The day that is built.</summary>
    public DateOnly Built => built;

    /// <summary>The tables that were staged.</summary>
    public IReadOnlyCollection<string> Staged => _staged;

    public IReadOnlyList<string>? Files(string table, DateOnly day) =>
        day == built && _staged.Contains(table) ? StagedFiles(table) : warehouse.Files(table, day);

    /// <summary>The files of a table that this run staged, or null where it has none yet.</summary>
    public IReadOnlyList<string>? StagedFiles(string table) => warehouse.FilesIn(warehouse.Staging(runId, table, built));

    public string Stage(string table)
    {
        var folder = warehouse.Staging(runId, table, built);
        warehouse.Store.CreateFolder(folder);
        _staged.Add(table);
        return folder;
    }

    public string Scratch(string name)
    {
        var folder = $"{warehouse.Staging(runId)}/_scratch/{Warehouse.PartitionName(built)}/{name}";
        warehouse.Store.CreateFolder(folder);
        return folder;
    }

    public double? Completeness(DateOnly day) => warehouse.Manifests.Read(day)?.Completeness;

    public IReadOnlyCollection<string>? Columns(DateOnly day) => warehouse.Manifests.Read(day)?.Types.Keys.ToList();
}
