using BatchEtl.Core.Jobs;
using BatchEtl.Jobs.Actors;
using BatchEtl.Jobs.Anomalies;
using BatchEtl.Jobs.Cubes;
using BatchEtl.Jobs.EventCatalog;
using BatchEtl.Jobs.Events;
using BatchEtl.Jobs.Funnels;
using BatchEtl.Jobs.Metrics;
using BatchEtl.Jobs.Retention;
using BatchEtl.Jobs.Sessions;

namespace BatchEtl.Jobs;

/// <summary>The jobs of a night in their order.</summary>
public static class NightJobs
{
    /// <summary>The job that counts and judges what landed; whether the night goes on is decided behind it (E3).</summary>
    public static readonly IJob Landing = new LandingJob();

    /// <summary>All jobs; each reads what those before it wrote.</summary>
    public static readonly IReadOnlyList<IJob> All =
    [
        Landing, new SessionMapJob(), new EventsJob(), new SessionsJob(), new ActorsJob(), new CubesJob(), new MetricsJob(), new RetentionJob(),
        new FunnelsJob(), new AnomaliesJob(), new EventCatalogJob(), new EventColumnsJob(),
    ];
}
