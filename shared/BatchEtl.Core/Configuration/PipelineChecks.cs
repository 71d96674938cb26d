using BatchEtl.Core.Configuration.Checking;
using BatchEtl.Core.Configuration.Reading;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Configuration;

/// <summary>The rules that look at several settings at once.</summary>
public static class PipelineChecks
{
    /// <summary>
    /// Checks again what depends on columns' types, once the landed files have shown those that the mapping does not
    /// declare: sums, and values that columns are compared with.
    /// </summary>
    /// <param name="types">Mapped column → its type before it is published; declared types hold for columns not named.</param>
    /// <exception cref="BatchEtlException">Something does not fit (Usage); one line per error.</exception>
    public static void WithTypes(Pipeline pipeline, IReadOnlyDictionary<string, ColumnType> types)
    {
        var errors = new ErrorList();
        Check(pipeline, column => types.TryGetValue(column.Name, out ColumnType type) ? type : column.DeclaredType, errors);
        errors.ThrowIfAny();
    }

    internal static void Check(Pipeline pipeline, Func<MappedColumn, ColumnType?> typeOf, ErrorList errors)
    {
        var context = new CheckContext(pipeline, typeOf, errors);
        LimitChecks.Run(context);

        // Without any mapping, every column would be missing.
        if (pipeline.Events.Columns.Count > 0)
        {
            NameChecks.Run(context);
            MappingChecks.Run(context);
            CubeChecks.Run(context);
            MetricChecks.Run(context);
        }
    }
}
