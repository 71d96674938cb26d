namespace BatchEtl.Generator.World;

/// <summary>One arrival of an event: when it happened by its own clock, and when it landed.</summary>
/// <param name="OccurredAt">Microseconds since 1970.</param>
/// <param name="LandedAt">Milliseconds since 1970.</param>
/// <param name="Number">The event's number in its session, from 0.</param>
/// <param name="Item">The item that it is about; 0 when about none.</param>
/// <param name="Again">Whether this is a re-delivery.</param>
internal readonly record struct Delivery(long OccurredAt, long LandedAt, int Number, int Item, EventKind Kind, Fault Fault, bool Again);

/// <summary>Takes deliveries, in the order of their events.</summary>
internal interface IDeliveries
{
    void Add(in Delivery delivery);
}
