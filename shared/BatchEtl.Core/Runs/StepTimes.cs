namespace BatchEtl.Core.Runs;

/// <summary>Times a day's steps and tells the log about them.</summary>
internal sealed class StepTimes(RunParts parts, DateOnly day)
{
    private readonly SortedDictionary<string, double> _seconds = new(StringComparer.Ordinal);

    /// <summary>Step → seconds.</summary>
    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    public T Time<T>(string step, long records, Func<T> work)
    {
        parts.Log.StepBegins(day, step, records);
        var start = parts.Stopwatch();
        try
        {
            return work();
        }
        finally
        {
            var took = parts.Stopwatch() - start;
            _seconds[step] = Math.Round(took.TotalSeconds, 3);
            parts.Log.StepEnds(day, step, took);
        }
    }

    public void Time(string step, long records, Action work) => Time(step, records, () =>
    {
        work();
        return true;
    });
}
