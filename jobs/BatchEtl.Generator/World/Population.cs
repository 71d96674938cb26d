namespace BatchEtl.Generator.World;

/// <summary>
/// Who has the sessions of a day. A day has actor-days: new actors, one each, and returning ones, drawn from the
/// cohorts of earlier days, recent cohorts and low numbers more often. A session is drawn from the actor-days.
/// On days of history only every n-th device is tracked, so that those seen there come back when all are.
/// </summary>
internal sealed class Population
{
    /// <summary>Sessions per actor-day.</summary>
    public const double SessionsPerActorDay = 2.4;

    public const double NewShare = 0.2;

    private const int OldestCohort = 365;
    private const int BotCohort = -1;

    private static readonly int[] Ages =
        Quantiles.Weighted([.. Enumerable.Range(1, OldestCohort).Select(age => Math.Pow(age + 1, -1.15))]);

    private readonly ulong seed;
    private readonly IReadOnlyList<Day> days;
    private readonly int firstDay;
    private readonly long usualCohort;

    /// <param name="usualCohort">New actors of a full day: the size of the cohorts from before the first day.</param>
    public Population(ulong seed, IReadOnlyList<Day> days, long usualCohort)
    {
        this.seed = seed;
        this.days = days;
        this.usualCohort = usualCohort;
        firstDay = days[0].Date.DayNumber;
    }

    /// <summary>The actor of a session that starts on a day.</summary>
    public Actor OfSession(int dayIndex, ulong draw)
    {
        var day = days[dayIndex];
        var actorDay = Draw.Below(draw, day.ActorDays);
        var cohort = day.Date.DayNumber;
        if (actorDay < day.NewActors)
        {
            return new Actor(seed, cohort, actorDay * day.Stride, bot: false);
        }

        var pick = Draw.Of(seed, (ulong)(uint)cohort, (ulong)actorDay);
        cohort -= Ages[(int)(pick & (Quantiles.Count - 1))];
        var x = Draw.Unit(pick);
        return new Actor(seed, cohort, (long)(Members(cohort, day.Stride) * x * x) * day.Stride, bot: false);
    }

    /// <summary>One of the few bots of a day, which have hundreds of sessions each.</summary>
    public Actor Bot(int dayIndex, ulong draw) =>
        new(seed, BotCohort, Draw.Below(draw, Math.Max(1, days[dayIndex].ActorDays / 5000)), bot: true);

    private long Members(int cohort, long stride)
    {
        var index = cohort - firstDay;
        var all = index >= 0 && days[index].Stride == 1 ? days[index].NewActors : usualCohort;
        return Math.Max(1, all / stride);
    }
}
