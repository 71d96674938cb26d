using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Publishing;

/// <summary>
/// The manifests of a warehouse: <c>_manifests/dt=D.json</c> is the published state of D, <c>_manifests/dt=D/RUN.json</c>
/// what earlier runs published.
/// </summary>
public sealed class ManifestStore
{
    private const string Suffix = ".json";
    private readonly Warehouse _warehouse;

    internal ManifestStore(Warehouse warehouse) => _warehouse = warehouse;

    /// <summary>The days that are published, in order.</summary>
    public IReadOnlyList<DateOnly> Days() => [.. Warehouse.DaysIn(_warehouse.Store.List(_warehouse.ManifestFolder), Suffix)];

    public bool IsPublished(DateOnly day) => _warehouse.Store.Exists(PathOf(day));

    /// <summary>The manifest of a published day, or null.</summary>
    /// <exception cref="BatchEtlException">It is damaged (Engine).</exception>
    public Manifest? Read(DateOnly day) => ReadFile(PathOf(day));

    /// <summary>The runs whose manifests of the day were replaced, by id.</summary>
    public IReadOnlyList<string> Earlier(DateOnly day) =>
        [.. (_warehouse.Store.List(EarlierFolder(day)) ?? []).Where(e => e.Name.EndsWith(Suffix, StringComparison.Ordinal) && e.Name[0] != '.').Select(e => e.Name[..^Suffix.Length])];

    /// <summary>A replaced manifest of the day, or null.</summary>
    /// <exception cref="BatchEtlException">It is damaged (Engine).</exception>
    public Manifest? Read(DateOnly day, string runId) => ReadFile(EarlierPath(day, runId));

    public string PathOf(DateOnly day) => $"{_warehouse.ManifestFolder}/{Warehouse.PartitionName(day)}{Suffix}";

    /// <summary>Makes a text the published state of the day; the present one, when it is another, is kept first.</summary>
    /// <param name="replaced">The run that published the present one, or null where there is none.</param>
    internal void Replace(DateOnly day, string text, string? replaced)
    {
        var present = _warehouse.Store.ReadText(PathOf(day));
        if (present == text)
        {
            return;
        }

        if (present is not null && replaced is not null)
        {
            _warehouse.Store.WriteText(EarlierPath(day, replaced), present);
        }

        _warehouse.Store.WriteText(PathOf(day), text);
    }

    private string EarlierFolder(DateOnly day) => $"{_warehouse.ManifestFolder}/{Warehouse.PartitionName(day)}";

    private string EarlierPath(DateOnly day, string runId) => $"{EarlierFolder(day)}/{runId}{Suffix}";

    private Manifest? ReadFile(string path) => _warehouse.Store.ReadText(path) is { } text ? ManifestText.Parse(text, path) : null;
}
