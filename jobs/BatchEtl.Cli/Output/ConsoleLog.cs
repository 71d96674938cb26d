using System.Globalization;
using System.Text.Json;
using BatchEtl.Core.Runs;

namespace BatchEtl.Cli.Output;

/// <summary>Log lines on stderr, as text or JSON; on a terminal a line of progress below them.</summary>
internal sealed class ConsoleLog : IRunLog, IDisposable
{
    private readonly bool _json;
    private readonly Timer? _timer;
    private readonly Lock _lock = new();
    private readonly Func<TimeSpan> _clock;
    private Func<long> _records = () => 0;
    private Func<(int Done, int All)?> _tasks = () => null;
    private (string Step, long Records, long Before, TimeSpan Began)? _step;
    private (int Done, int All) _days;
    private TimeSpan _daysBegan;
    private int _shown;

    public ConsoleLog(string format, bool progress, Func<TimeSpan> clock)
    {
        _json = format == "json";
        _clock = clock;
        if (progress && !_json && !Console.IsErrorRedirected)
        {
            _timer = new Timer(_ => ShowProgress(), null, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500));
        }
    }

    /// <summary>Where the number of landed records read so far comes from.</summary>
    public void Watch(Func<long> records) => _records = records;

    /// <summary>Where the tasks done and to do of a step's running stages come from.</summary>
    public void Watch(Func<(int Done, int All)?> tasks) => _tasks = tasks;

    public void Info(string message) => Line("info", message);

    public void Warning(string message) => Line("warning", message);

    public void DayBegins(int done, int all)
    {
        lock (_lock)
        {
            _days = (done, all);
            _daysBegan = done == 0 ? _clock() : _daysBegan;
        }
    }

    public void StepBegins(DateOnly day, string step, long records)
    {
        lock (_lock)
        {
            _step = ($"{day:yyyy-MM-dd} {step}", records, _records(), _clock());
        }
    }

    public void StepEnds(DateOnly day, string step, TimeSpan took)
    {
        lock (_lock)
        {
            _step = null;
        }

        if (took >= TimeSpan.FromSeconds(1) || _json)
        {
            Line("info", string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd} {step}: {took.TotalSeconds:F1} s"));
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            Erase();
        }
    }

    private void Line(string level, string message)
    {
        lock (_lock)
        {
            Erase();
            Console.Error.WriteLine(_json
                ? JsonSerializer.Serialize(new Dictionary<string, string> { ["level"] = level, ["message"] = message })
                : level == "info" ? message : $"{level}: {message}");
        }
    }

    private void ShowProgress()
    {
        // Outside the lock: who asks another process must not keep log lines waiting.
        var tasks = _tasks();
        lock (_lock)
        {
            if (_step is not { } step)
            {
                return;
            }

            var seconds = (_clock() - step.Began).TotalSeconds;
            var done = _records() - step.Before;
            var text = step.Records == 0 || done == 0
                ? string.Create(CultureInfo.InvariantCulture, $"{step.Step}  {(tasks is var (ready, all) ? $"{ready:N0} of {all:N0} tasks  " : "")}{seconds:F0} s")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{step.Step}  {done:N0} records  {done / seconds / 1e6:F1} M/s  {(done < step.Records ? $"{(step.Records - done) / (done / seconds):F0} s left" : $"{seconds:F0} s")}");
            text = DaysText() + text;
            Erase();
            Console.Error.Write(text);
            _shown = text.Length;
        }
    }

    /// <summary>Where several days are built: how many are done, and how long the others take at that pace.</summary>
    private string DaysText() => _days.All < 2 ? string.Empty
        : _days.Done == 0 ? string.Create(CultureInfo.InvariantCulture, $"day 1 of {_days.All}  ")
        : $"day {_days.Done + 1} of {_days.All}, {((_clock() - _daysBegan) / _days.Done * (_days.All - _days.Done)).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)} left  ";

    private void Erase()
    {
        if (_shown > 0)
        {
            Console.Error.Write("\r" + new string(' ', _shown) + "\r");
            _shown = 0;
        }
    }
}
