using BatchEtl.Avro.Container;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Engines;
using BatchEtl.Core.Runs;
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
