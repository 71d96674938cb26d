using BatchEtl.Core.Catalog;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Runs;

namespace BatchEtl.Cli.Verbs;

/// <summary>Verbs that make published tables known to query engines.</summary>
internal static class CatalogVerbs
{
    public static ExitCode Ddl(DdlOptions options, DateTimeOffset now)
    {
        var dialect = DdlDialect.All.FirstOrDefault(d => d.Name == options.For) ?? throw BatchEtlException.Usage(
            $"--for: expected {string.Join(", ", DdlDialect.All.Select(d => d.Name))}, found '{options.For}'");
        return RunVerbs.With(options, now, parts =>
        {
            var ddl = new DdlText(dialect, parts.Pipeline.Catalog?.Database ?? "default");
            Console.Out.WriteLine($"-- Tables of pipeline {parts.Pipeline.Name} in {parts.Warehouse.Root}, for {dialect.Name}.");
            foreach (var statement in ddl.Of(new CatalogRegistration(parts).Tables()))
            {
                Console.Out.WriteLine();
                Console.Out.WriteLine($"{statement};");
            }
        });
    }

    public static ExitCode Sync(SyncCatalogOptions options, DateTimeOffset now) => RunVerbs.With(options, now, parts =>
    {
        if (parts.Catalog is null)
        {
            throw BatchEtlException.Usage($"{parts.Pipeline.File}: expected a section catalog, found none; e.g. catalog: {{ kind: hive, uri: thrift://host:9083, database: product }}");
        }

        var changes = new CatalogRegistration(parts).OfAll(mayFail: false);
        Console.Out.WriteLine(changes is null || changes.None
            ? "the catalog has all that is published"
            : $"tables made: {changes.Created.Count}, columns added: {changes.Added.Count}, partitions registered: {changes.Registered}, forgotten: {changes.Dropped}");
    });
}
