using System.Text;
using BatchEtl.Generator.Landing;
using BatchEtl.Generator.World;
using WorldItem = BatchEtl.Generator.World.Item;

namespace BatchEtl.Generator.Tests.Examples;

/// <summary>An event of the generated world as plain values, to be landed in any shape.</summary>
/// <param name="Hour">The start of the hour in which it landed.</param>
/// <param name="Micros">When it occurred, microseconds since 1970, right even where <paramref name="Fault"/> says otherwise.</param>
/// <param name="User">The account's number, null when not logged in.</param>
/// <param name="Item">Null when the event is about none.</param>
internal sealed record ExampleEvent(
    DateTime Hour, long LandedMs, string EventId, EventKind Kind, Fault Fault, long Micros, int Number, string Device, long? User, string Country,
    string Platform, string? Source, string AppVersion, string Page, string? Category, decimal? Price, int? Item)
{
    /// <summary>The records of a small world in order of arrival.</summary>
    public static IEnumerable<ExampleEvent> World(GeneratorOptions options)
    {
        var plan = LandingPlan.Of(options);
        var part = new LandedPart(plan);
        for (var hour = 0; hour < plan.Hours.Count; hour++)
        {
            for (var p = 0; p < plan.Hours[hour].Parts; p++)
            {
                part.Fill(hour, p);
                for (var i = 0; i < part.Count; i++)
                {
                    yield return Of(plan.Hours[hour].StartMs, part, i);
                }
            }
        }
    }

    private static ExampleEvent Of(long hourMs, LandedPart part, int n)
    {
        var landed = part[n];
        var session = part.Sessions[landed.Session];
        var about = Vocabulary.IsAboutItem(landed.Kind);
        var (before, after) = Vocabulary.Page(landed.Kind, landed.Item);
        var source = Text(Vocabulary.Sources[session.Source]);
        return new ExampleEvent(
            DateTime.UnixEpoch.AddMilliseconds(hourMs),
            hourMs + part.LandedAt(n),
            Uuid(session.EventId(landed.Number)),
            landed.Kind,
            landed.Fault,
            landed.OccurredAt,
            landed.Number,
            Uuid(session.Actor.Device),
            landed.Number >= session.LoginAt ? session.Actor.User : null,
            Text(Vocabulary.Countries[session.Country]),
            Text(Vocabulary.Platforms[session.Actor.Platform]),
            source.Length == 0 ? null : source,
            Text(Vocabulary.AppVersions[session.Actor.AppVersion]),
            Text(before) + (Vocabulary.HasNumber(landed.Kind) ? landed.Item.ToString(System.Globalization.CultureInfo.InvariantCulture) : string.Empty) + Text(after),
            about ? Text(Vocabulary.Categories[WorldItem.Category(landed.Item)]) : null,
            about ? WorldItem.PriceInCents(landed.Item) / 100m : null,
            about ? landed.Item : null);
    }

    private static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    private static string Uuid(UuidBits bits)
    {
        Span<byte> text = stackalloc byte[UuidBits.TextLength];
        bits.Write(text, capitals: false);
        return Encoding.UTF8.GetString(text);
    }
}
