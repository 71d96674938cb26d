using System.Buffers.Text;
using Avro;
using Avro.Generic;
using Avro.IO;
using BatchEtl.Generator.Container;
using BatchEtl.Generator.World;

namespace BatchEtl.Generator.Landing;

/// <summary>Encodes the records of a part, by their number in it, in one version of the schema; nothing is allocated per record.</summary>
internal sealed class EventWriter(LandedPart part, int version) : DatumWriter<int>
{
    private const byte Null = 0;
    private const byte Present = 2;
    private const byte Ios = 2;

    private static readonly byte[][] BadIds = [[.. "undefined"u8], [.. "00000000-0000-0000-0000"u8], [.. "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}"u8]];

    private readonly byte[] page = new byte[96];
    private RecordBuffer record = new(1024);

    public Schema Schema { get; } = Schema.Parse(MarketplaceSchema.Of(version));

    public void Write(int datum, Encoder encoder)
    {
        ref readonly var landed = ref part[datum];
        ref readonly var session = ref part.Sessions[landed.Session];
        record.Clear();
        if (version == 3)
        {
            Version3(landed, session);
        }
        else
        {
            Versions1And2(landed, session);
        }

        encoder.WriteFixed(record.Bytes, 0, record.Length);
    }

    private void Versions1And2(in LandedEvent landed, in Session session)
    {
        Id(landed, session);
        Name(landed);
        Time(landed, session);
        Device(landed, session, optional: false);
        User(landed, session);
        record.Text(Vocabulary.Countries[session.Country]);
        record.Text(Vocabulary.Platforms[session.Actor.Platform]);
        Source(session);
        Page(landed);
        Category(landed);
        Price(landed);
        record.Long(Quantity(landed));
        if (version == 2)
        {
            AppVersion(session);
            record.Byte(session.Actor.Consent ? (byte)1 : (byte)0);
        }
    }

    private void Version3(in LandedEvent landed, in Session session)
    {
        Time(landed, session);
        Name(landed);
        Id(landed, session);
        User(landed, session);
        Device(landed, session, optional: true);
        record.Text(Vocabulary.Platforms[session.Actor.Platform]);
        AppVersion(session);
        Optional(session.Actor.Consent ? Vocabulary.Countries[session.Country] : []);
        Page(landed);
        Source(session);
        record.Long(Quantity(landed));
        Price(landed);
        Category(landed);
        record.Byte(session.Actor.Consent ? (byte)1 : (byte)0);
    }

    private void Id(in LandedEvent landed, in Session session)
    {
        switch (landed.Fault)
        {
            case Fault.NoId:
                record.Byte(0);
                break;
            case Fault.BadId:
                record.Text(BadIds[landed.Number % BadIds.Length]);
                break;
            default:
                record.Byte(UuidBits.TextLength << 1);
                session.EventId(landed.Number).Write(record.Reserve(UuidBits.TextLength), session.Actor.Platform == Ios);
                break;
        }
    }

    private void Name(in LandedEvent landed) => record.Text(landed.Fault == Fault.NoName ? [] : Vocabulary.Names[(int)landed.Kind]);

    private void Time(in LandedEvent landed, in Session session)
    {
        if (landed.Fault == Fault.NoTime)
        {
            record.Byte(Null);
            return;
        }

        record.Byte(Present);
        var micros = landed.Fault == Fault.Future
            ? landed.OccurredAt + (3_600_000_000L * (2 + Draw.Below(session.Key, 24 * 90)))
            : landed.OccurredAt;
        var inUnit = version == 1 ? micros / 1000 : micros;
        record.Long(landed.Fault == Fault.BadTime ? inUnit * 1000 : inUnit);
    }

    private void Device(in LandedEvent landed, in Session session, bool optional)
    {
        if (landed.Fault == Fault.NoActor)
        {
            record.Byte(0); // an empty text, or the branch of null
            return;
        }

        if (optional)
        {
            record.Byte(Present);
        }

        record.Byte(UuidBits.TextLength << 1);
        session.Actor.Device.Write(record.Reserve(UuidBits.TextLength), session.Actor.Platform == Ios);
    }

    private void User(in LandedEvent landed, in Session session)
    {
        if (landed.Number >= session.LoginAt)
        {
            record.Byte(Present);
            record.Byte(9 << 1);
            var text = record.Reserve(9);
            text[0] = (byte)'u';
            Utf8Formatter.TryFormat(session.Actor.User, text[1..], out _);
        }
        else
        {
            record.Byte(Null);
        }
    }

    private void Source(in Session session) => Optional(Vocabulary.Sources[session.Source]);

    private void AppVersion(in Session session) =>
        Optional(session.Actor.Platform is 1 or Ios ? Vocabulary.AppVersions[session.Actor.AppVersion] : []);

    private void Optional(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            record.Byte(Null);
            return;
        }

        record.Byte(Present);
        record.Text(text);
    }

    private void Page(in LandedEvent landed)
    {
        var (before, after) = Vocabulary.Page(landed.Kind, landed.Item);
        before.CopyTo(page.AsSpan());
        var length = before.Length;
        if (Vocabulary.HasNumber(landed.Kind))
        {
            Utf8Formatter.TryFormat(landed.Item, page.AsSpan(length), out var digits);
            length += digits;
        }

        after.CopyTo(page.AsSpan(length));
        record.Text(page.AsSpan(0, length + after.Length));
    }

    private void Category(in LandedEvent landed) =>
        Optional(Vocabulary.IsAboutItem(landed.Kind) ? Vocabulary.Categories[Item.Category(landed.Item)] : []);

    private void Price(in LandedEvent landed)
    {
        if (!Vocabulary.IsAboutItem(landed.Kind))
        {
            record.Byte(Null);
            return;
        }

        record.Byte(Present);
        var cents = Item.PriceInCents(landed.Item);
        if (version == 3)
        {
            record.Unscaled(cents);
        }
        else
        {
            record.Double(cents / 100.0);
        }
    }

    private static long Quantity(in LandedEvent landed) => !Vocabulary.IsAboutItem(landed.Kind) ? 0 : landed.Item % 11 == 0 ? 2 : 1;
}
