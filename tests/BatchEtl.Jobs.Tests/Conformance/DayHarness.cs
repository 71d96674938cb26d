using System.Globalization;
using BatchEtl.Avro.Container;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Runs;
using BatchEtl.Core.Tables;
using BatchEtl.Core.Time;
using BatchEtl.Jobs.Events;
using BatchEtl.Landing;
using BatchEtl.Storage;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>Builds days one after the other into a folder, without publishing: what jobs make, and nothing else.</summary>
internal sealed class DayHarness : IDisposable
{
    private readonly string _folder;
    private readonly Pipeline _pipeline;
    private readonly IEngine _engine;
    private readonly LandedFiles _landing;
    private readonly DayCalendar _calendar;
    private readonly Dictionary<DateOnly, double> _completeness = [];
    private DateOnly? _historyStart;

    /// <param name="recordsPerSlice">How many landed records the engine takes at once, when it is not to decide that.</param>
    public DayHarness(TestedEngine engine, Pipeline pipeline, string folder, long? recordsPerSlice = null)
    {
        (_pipeline, _folder) = (pipeline, folder);
        Directory.CreateDirectory(Path.Combine(folder, "temp"));
        var input = new LandedInput(pipeline, AvroSource.OpenFile, endsOnly: engine == TestedEngine.Spark);
        _landing = new LandedFiles(new LandingArea(pipeline.Landing, new LocalStore()), input);
        var temp = Path.Combine(folder, "temp");
        _engine = engine.Start(pipeline, temp, input, recordsPerSlice);
        _calendar = new DayCalendar(pipeline.Zone);
    }

    public IEngine Engine => _engine;

    /// <param name="until">The last job to run; null = all.</param>
    public DayBuild Build(DateOnly day, string? until = null)
    {
        _historyStart ??= day;
        var windows = new DayWindows(_pipeline, _calendar, day);
        var landed = _landing.Find(windows, CancellationToken.None);
        var build = new DayBuild
        {
            Pipeline = _pipeline,
            Windows = windows,
            Engine = _engine,
            Tables = new Folders(this, day),
            Columns = ColumnTyping.Of(_pipeline, landed.Schemas, new Dictionary<string, ColumnType>(), _ => { }),
            Files = landed.Files,
            Schemas = landed.Schemas,
            HistoryStart = _historyStart.Value,
            Cancellation = CancellationToken.None,
        };
        foreach (var job in NightJobs.All)
        {
            job.Build(build);
            if (job.Name == until)
            {
                break;
            }
        }

        _completeness[day] = build.Counts.Completeness;
        return build;
    }

    /// <summary>A day whose jobs are run one by one, on tables that the test writes.</summary>
    public DayBuild Bare(DateOnly day, DateOnly historyStart) => new()
    {
        Pipeline = _pipeline,
        Windows = new DayWindows(_pipeline, _calendar, day),
        Engine = _engine,
        Tables = new Folders(this, day),
        Columns = [.. _pipeline.Events.Columns.Select(c => new TypedColumn(c, c.Role == ColumnRole.OccurredAt ? ColumnType.Timestamp : ColumnType.Text))],
        Files = [],
        Schemas = [],
        HistoryStart = historyStart,
        Cancellation = CancellationToken.None,
    };

    /// <summary>Puts rows where a job finds a table of a day; cells as <see cref="ReferenceTable"/> has them.</summary>
    public void Put(TableContract contract, DateOnly day, IEnumerable<object?[]> rows)
    {
        var dialect = _engine.Dialect;
        var values = rows.Select(r => $"({string.Join(", ", r.Select((cell, i) => $"CAST({Literal(cell)} AS {_engine.TypeName(contract.Columns[i].Type)})"))})").ToList();
        var names = contract.Columns.Select(c => dialect.Identifier(c.Name)).ToList();
        var select = values.Count > 0
            ? $"SELECT * FROM (VALUES {string.Join(",\n", values)}) AS listed({string.Join(", ", names)})"
            : $"SELECT {string.Join(", ", contract.Columns.Select((c, i) => $"CAST(NULL AS {_engine.TypeName(c.Type)}) AS {names[i]}"))} WHERE false";
        var folder = new Folders(this, day).Stage(contract.Name);
        Directory.Delete(folder, recursive: true);
        _engine.WriteParquet(select, Directory.CreateDirectory(folder).FullName, "part-000", new ParquetFormat("snappy"), CancellationToken.None);

        string Literal(object? cell) => cell switch
        {
            null => "NULL",
            string text => dialect.Text(text),
            bool flag => flag ? "true" : "false",
            DateOnly date => dialect.Call("date_literal", dialect.Text($"{date:yyyy-MM-dd}")),
            DateTimeOffset time => dialect.Call("timestamp", $"CAST({(time - DateTimeOffset.UnixEpoch).Ticks / 10} AS BIGINT)"),
            double number => $"'{number.ToString("R", CultureInfo.InvariantCulture)}'",
            IFormattable other => $"'{other.ToString(null, CultureInfo.InvariantCulture)}'",
            _ => $"'{cell}'",
        };
    }

    public void Dispose() => _engine.Dispose();

    private sealed class Folders(DayHarness harness, DateOnly today) : IDayTables
    {
        public IReadOnlyList<string>? Files(string table, DateOnly day) =>
            Directory.Exists(Of(table, day)) ? [.. Directory.GetFiles(Of(table, day), "*.parquet").Order(StringComparer.Ordinal)] : null;

        public string Stage(string table) => Directory.CreateDirectory(Of(table, today)).FullName;

        public string Scratch(string name) => Directory.CreateDirectory(Of("_" + name, today)).FullName;

        public double? Completeness(DateOnly day) => harness._completeness.TryGetValue(day, out var found) ? found : null;

        public IReadOnlyCollection<string>? Columns(DateOnly day) => null;

        private string Of(string table, DateOnly day) => Path.Combine(harness._folder, table, $"dt={day:yyyy-MM-dd}");
    }
}
