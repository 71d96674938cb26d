using BatchEtl.Core.Catalog;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Tables;

namespace BatchEtl.Core.Runs;

/// <summary>Tells the catalog what is published. A catalog that is away costs no night: that is a warning with the command that repairs it.</summary>
public sealed class CatalogRegistration(RunParts parts)
{
    /// <summary>The catalog's view of the pipeline's tables, with the types of the last published day.</summary>
    /// <exception cref="BatchEtlException">Nothing is published and a column declares no type (Usage).</exception>
    public WarehouseCatalog Tables()
    {
        var days = parts.Warehouse.Manifests.Days();
        return Tables(days.Count > 0 ? parts.Warehouse.Manifests.Read(days[^1]) : null);
    }

    /// <summary>Registers a day that was just published.</summary>
    /// <param name="runDay">The day under which the run says what it restated.</param>
    internal void OfDay(Manifest manifest, DateOnly runDay)
    {
        if (parts.Catalog is null)
        {
            return;
        }

        Try(() => parts.Catalog.Register(
            [.. Tables(manifest).Tables.Select(t => (t, (IReadOnlyList<DateOnly>)(t.Name == TableContracts.Restatements.Name
                ? parts.Warehouse.Files(t.Name, runDay) is null ? [] : [runDay]
                : manifest.Tables.ContainsKey(t.Name) ? [manifest.Day] : [])))],
            complete: false));
    }

    /// <summary>Registers all that is published and forgets what is not.</summary>
    /// <param name="mayFail">A failure is a warning.</param>
    /// <returns>What changed; null where there is no catalog, or it failed.</returns>
    /// <exception cref="BatchEtlException">The catalog is away (Engine), or has tables that others changed (Refused).</exception>
    public CatalogChanges? OfAll(bool mayFail)
    {
        if (parts.Catalog is not { } catalog || parts.Warehouse.Manifests.Days().Count == 0)
        {
            return null;
        }

        CatalogChanges Register() => catalog.Register([.. Tables().Tables.Select(t => (t, parts.Warehouse.Days(t.Name)))], complete: true);
        return mayFail ? Try(Register) : Register();
    }

    private WarehouseCatalog Tables(Manifest? manifest)
    {
        var columns = parts.Pipeline.Events.Columns.Select(c => new TypedColumn(c, c.Role switch
        {
            ColumnRole.OccurredAt => ColumnType.Timestamp,
            _ when manifest is not null && manifest.Types.TryGetValue(c.Name, out var type) => ColumnType.Parse(type),
            ColumnRole.Dimension or ColumnRole.Measure => c.DeclaredType ?? throw BatchEtlException.Usage(
                $"{parts.Pipeline.File}: column {c.Name} declares no type and nothing is published yet that says it; publish a day first, or declare it"),
            _ => ColumnType.Text,
        }));
        return new WarehouseCatalog(parts.Pipeline, [.. columns], parts.Warehouse.Root);
    }

    private CatalogChanges? Try(Func<CatalogChanges> register)
    {
        try
        {
            var changes = register();
            if (changes.Created.Count + changes.Added.Count > 0)
            {
                parts.Log.Info($"catalog: made {string.Join(", ", changes.Created.Concat(changes.Added))}");
            }

            return changes;
        }
        catch (BatchEtlException e)
        {
            parts.Log.Warning($"{e.Message}; what is published is whole, the catalog lacks some of it: run {parts.Catalog!.Repair}");
            return null;
        }
    }
}
