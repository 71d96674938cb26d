namespace BatchEtl.Generator.World;

/// <summary>A day that is generated: how much lands, and who is out.</summary>
/// <param name="Records">Records that land in the day's hours.</param>
/// <param name="ActorDays">Actors of the day, each with two or three sessions on average.</param>
/// <param name="NewActors">Those of them that were never seen before.</param>
/// <param name="Stride">Only every so-manieth device is tracked: 1 on a full day, more in history.</param>
internal sealed record Day(DateOnly Date, long Records, long ActorDays, long NewActors, long Stride);
