using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Sql;
using BatchEtl.Core.Time;
using BatchEtl.Core.Upkeep;

namespace BatchEtl.Jobs.Events;

/// <summary>Landed files as relations of mapped columns with each record's judgement (E1, E3, E7).</summary>
internal sealed class LandedRecords
{
    private readonly IEngine _engine;
    private readonly DayWindows _windows;
    private readonly Pipeline _pipeline;
    private readonly IReadOnlyList<string> _erased;
    private readonly ZoneChanges? _localZone;

    /// <summary>What <c>_excluded</c> is of a record whose actor or user was erased (P7); conditions of E7 count from 0.</summary>
    public const int Erased = -1;

    public LandedRecords(DayBuild build)
    {
        (_engine, _pipeline, _windows, _erased, Columns) = (build.Engine, build.Pipeline, build.Windows, build.Erased, build.Columns);
        var zone = _pipeline.Events.Columns.First(c => c.Role == ColumnRole.OccurredAt).Time?.Zone;
        const long margin = 3L * 86_400_000_000;
        _localZone = zone is null ? null : ZoneChanges.Between(zone, _windows.Folders.Start - _windows.Lateness - margin, _windows.Folders.End + margin);
    }

    /// <summary>The mapped columns in mapped order; occurred_at is bigint microseconds, uuids are the engine's own type.</summary>
    public IReadOnlyList<TypedColumn> Columns { get; }

    /// <summary>All records with file, number, mapped columns and judgement: <c>_reason</c> (null = not rejected) and
    /// <c>_excluded</c> (index of E7's condition or <see cref="Erased"/>, null = none), and for rejects <c>_raw</c>.</summary>
    public string Judged(IReadOnlyList<LandedScan> scans) => UnionAll(scans.Select(JudgedSchema));

    /// <summary>The mapped columns of records that are neither rejected nor excluded and lie in a window.</summary>
    public string Valid(IReadOnlyList<LandedScan> scans, Window window) => UnionAll(scans.Select(scan => ValidSchema(scan, window)));

    /// <summary>Whether a file of this folder can hold a record that is not rejected and lies in a window (E3).</summary>
    public bool CanHold(LandedFile file, Window window) =>
        file.Folder.Window.End + _windows.ClockSkew > window.Start && file.Folder.Window.Start - _windows.AllowedLateness < window.End;

    private static string UnionAll(IEnumerable<string> selects) => string.Join("\nUNION ALL\n", selects);

    private string JudgedSchema(LandedScan scan)
    {
        var readings = Readings(scan.Schema);
        var names = string.Join(", ", Columns.Select(c => _engine.Dialect.Identifier(c.Name)));
        var raw = string.Join(' ', Columns.Select((c, i) =>
            $"WHEN _reason IN ({string.Join(", ", RejectReason.Named.Where(r => r.Column == c.Name).Select(r => r.Code).Append(RejectReason.BadValue + i))}) THEN {readings[i].Raw}"));
        return $"""
            SELECT {LandedColumns.FileIndex}, {LandedColumns.RecordNumber}, {LandedColumns.FolderStart}, {names}, _reason,
              CASE WHEN _reason IS NULL THEN {Excluded()} END AS _excluded,
              CASE WHEN _reason IS NOT NULL THEN CASE {raw} END END AS _raw
            FROM (
              SELECT *, {Reason(readings)} AS _reason
              FROM ({Mapped(scan, readings)}) AS mapped) AS judged
            """;
    }

    private string ValidSchema(LandedScan scan, Window window)
    {
        var readings = Readings(scan.Schema);
        var names = string.Join(", ", Columns.Select(c => _engine.Dialect.Identifier(c.Name)));
        var tests = new List<string>
        {
            $"occurred_at >= {Dialect.Long(window.Start)}",
            $"occurred_at < {Dialect.Long(window.End)}",
            $"occurred_at >= {LandedColumns.FolderStart} - {Dialect.Long(_windows.AllowedLateness)}",
            $"occurred_at < {LandedColumns.FolderEnd} + {Dialect.Long(_windows.ClockSkew)}",
            "event_id IS NOT NULL",
            "event_name IS NOT NULL",
            "actor_id IS NOT NULL",
        };

        // A bad time lies in no window, and a uuid that is none is null: ids then need not be read as texts too.
        tests.AddRange(Columns.Select((c, i) => (c, i))
            .Where(x => readings[x.i].Bad is not null && x.c.Role != ColumnRole.OccurredAt
                && !(x.c.Type.Kind == TypeKind.Uuid && x.c.Role is ColumnRole.EventId or ColumnRole.ActorId))
            .Select(x => $"NOT _bad{x.i}"));
        if (_pipeline.Events.Exclude.Count + _erased.Count > 0)
        {
            tests.Add($"{Excluded()} IS NULL");
        }

        return $"SELECT {names} FROM ({Mapped(scan, readings)}) AS mapped WHERE {string.Join(" AND ", tests)}";
    }

    private string Mapped(LandedScan scan, IReadOnlyList<ColumnReading> readings)
    {
        var values = Columns.Select((c, i) => $"{readings[i].Value} AS {_engine.Dialect.Identifier(c.Name)}");
        var bads = Columns.Select((_, i) => i).Where(i => readings[i].Bad is not null).Select(i => $"{readings[i].Bad} AS _bad{i}");
        return $"SELECT *, {string.Join(", ", values.Concat(bads))} FROM {_engine.LandedRelation(scan)} AS landed";
    }

    private List<ColumnReading> Readings(LandedSchema schema)
    {
        var values = new ValueReading(_engine.Dialect, _engine.TypeName, _localZone);
        return [.. Columns.Select(c => ColumnReading.Of(c, schema, values, _engine.Dialect, _engine.TypeName))];
    }

    private string Reason(IReadOnlyList<ColumnReading> readings)
    {
        string Bad(int column) => readings[column].Bad is null ? "false" : $"_bad{column}";
        string Missing(string name) => $"{name} IS NULL AND NOT {Bad(IndexOf(name))}";
        var cases = new List<string>
        {
            $"WHEN {Missing("event_id")} THEN {RejectReason.NoId}",
            $"WHEN {Missing("event_name")} THEN {RejectReason.NoName}",
            $"WHEN {Missing("occurred_at")} THEN {RejectReason.NoTime}",
            $"WHEN {Bad(IndexOf("occurred_at"))} THEN {RejectReason.BadTime}",
            $"WHEN {Missing("actor_id")} THEN {RejectReason.NoActor}",
        };
        cases.AddRange(Columns.Select((c, i) => (c, i))
            .Where(x => x.c.Role != ColumnRole.OccurredAt && readings[x.i].Bad is not null)
            .Select(x => $"WHEN _bad{x.i} THEN {RejectReason.BadValue + x.i}"));
        cases.Add($"WHEN occurred_at < {LandedColumns.FolderStart} - {Dialect.Long(_windows.AllowedLateness)} THEN {RejectReason.TooLate}");
        cases.Add($"WHEN occurred_at >= {LandedColumns.FolderEnd} + {Dialect.Long(_windows.ClockSkew)} THEN {RejectReason.Future}");
        return $"CASE {string.Join(' ', cases)} END";
    }

    private string Excluded()
    {
        var conditions = _pipeline.Events.Exclude;
        var cases = conditions.Select((tests, i) =>
            $"WHEN {string.Join(" AND ", tests.Select(t => ConditionSql.Of(t, Columns[IndexOf(t.Column)].PublishedType, _engine)))} THEN {i}").ToList();
        if (_erased.Count > 0)
        {
            var ids = Columns.Where(c => c.Role is ColumnRole.ActorId or ColumnRole.UserId).Select(c => ErasedIds.Among(_engine, c.Name, _erased));
            cases.Insert(0, $"WHEN {string.Join(" OR ", ids)} THEN {Erased}");
        }

        if (cases.Count == 0)
        {
            return "CAST(NULL AS INTEGER)";
        }

        return $"CASE {string.Join(' ', cases)} END";
    }

    private int IndexOf(string column) => Columns.Select((c, i) => (c, i)).First(x => x.c.Name == column).i;
}
