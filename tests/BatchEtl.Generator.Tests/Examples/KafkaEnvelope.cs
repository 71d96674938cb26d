using System.Globalization;
using Avro;
using Avro.Generic;
using BatchEtl.Generator.World;

namespace BatchEtl.Generator.Tests.Examples;

/// <summary>Messages of two Kafka topics as Camus lands them: a header, a map, and a union of events. A folder that landed has a done flag.</summary>
internal static class KafkaEnvelope
{
    private const string Version1 = """
        {"type":"record","name":"Envelope","namespace":"tracking","fields":[
        {"name":"header","type":{"type":"record","name":"Header","fields":[
        {"name":"id","type":"string"},{"name":"ts","type":["null","long"]},
        {"name":"user","type":["null",{"type":"record","name":"User","fields":[{"name":"id","type":"long"}]}]},
        {"name":"device","type":["null",{"type":"record","name":"Device","fields":[{"name":"id","type":"string"}]}]}]}},
        {"name":"properties","type":{"type":"map","values":"string"}},
        {"name":"payload","type":["null",
        {"type":"record","name":"page_view","fields":[{"name":"page","type":"string"}]},
        {"type":"record","name":"search","fields":[{"name":"page","type":"string"},{"name":"words","type":"int"}]},
        {"type":"record","name":"item_view","fields":[{"name":"item","type":"long"},{"name":"category","type":"string"}]},
        {"type":"record","name":"add_to_cart","fields":[{"name":"item","type":"long"},{"name":"category","type":"string"},{"name":"price","type":"double"}]},
        {"type":"record","name":"purchase","fields":[{"name":"order","type":"string"},{"name":"price","type":"double"}]}]}]}
        """;

    private const string Version2 = """
        {"type":"record","name":"Envelope","namespace":"tracking","fields":[
        {"name":"header","type":{"type":"record","name":"Header","fields":[
        {"name":"id","type":"string"},{"name":"ts","type":["null","long"]},
        {"name":"app","type":["null",{"type":"record","name":"App","fields":[{"name":"name","type":"string"},{"name":"version","type":"string"}]}],"default":null},
        {"name":"user","type":["null",{"type":"record","name":"User","fields":[{"name":"id","type":"long"}]}]},
        {"name":"device","type":["null",{"type":"record","name":"Device","fields":[{"name":"id","type":"string"}]}]}]}},
        {"name":"payload","type":["null",
        {"type":"record","name":"purchase","fields":[{"name":"order","type":"string"},{"name":"price","type":"double"},{"name":"category","type":["null","string"],"default":null}]},
        {"type":"record","name":"message","fields":[{"name":"page","type":"string"}]},
        {"type":"record","name":"page_view","fields":[{"name":"page","type":"string"}]},
        {"type":"record","name":"search","fields":[{"name":"page","type":"string"},{"name":"words","type":"int"}]},
        {"type":"record","name":"item_view","fields":[{"name":"item","type":"long"},{"name":"category","type":"string"}]},
        {"type":"record","name":"add_to_cart","fields":[{"name":"item","type":"long"},{"name":"category","type":"string"},{"name":"price","type":"double"}]}]},
        {"name":"properties","type":{"type":"map","values":"string"}}]}
        """;

    public static void Write(string root)
    {
        var options = new GeneratorOptions
        {
            Output = root,
            Events = 700,
            Days = 2,
            FirstDay = new DateOnly(2026, 5, 4),
            Zone = "UTC",
            Seed = 86,
            DuplicateShare = 0.03,
            LateShare = 0.03,
            RejectShare = 0.02,
        };
        var events = ExampleEvent.World(options).Where(e => e.Platform != "bot").ToList();
        for (var hour = 0; hour < 48; hour++)
        {
            var start = options.FirstDay.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddHours(hour);
            foreach (var topic in new[] { "app", "web" })
            {
                Write(Path.Combine(root, topic, "hourly", start.ToString("yyyy/MM/dd/HH", CultureInfo.InvariantCulture)), topic, hour, [.. events.Where(e => e.Hour == start && topic == TopicOf(e))]);
            }
        }
    }

    private static string TopicOf(ExampleEvent e) => e.Platform == "web" ? "web" : "app";

    private static void Write(string folder, string topic, int hour, List<ExampleEvent> events)
    {
        Directory.CreateDirectory(folder);
        if (events.Count > 0)
        {
            // The app moved to the second version at noon of the first day, the website a day later.
            var schema = hour >= (topic == "app" ? 12 : 36) ? Version2 : Version1;
            ExampleFiles.Write(Path.Combine(folder, $"{topic}.0.{events.Count}.{hour}.avro"), schema, LandingCodec.Deflate, events.Select(e => (Action<GenericRecord>)(r => Fill(r, e))));
        }

        File.WriteAllBytes(Path.Combine(folder, "_SUCCESS"), []);
    }

    private static void Fill(GenericRecord envelope, ExampleEvent e)
    {
        var header = new GenericRecord((RecordSchema)envelope.Schema["header"].Schema);
        header.Add("id", e.Fault == Fault.NoId ? string.Empty : e.EventId);
        header.Add("ts", e.Fault == Fault.NoTime ? null : Milliseconds(e));
        header.Add("user", e.User is null || e.Fault == Fault.NoActor ? null : ExampleFiles.Record(ExampleFiles.Branch(header.Schema["user"].Schema, "User"), ("id", e.User)));
        header.Add("device", e.Fault == Fault.NoActor ? null : ExampleFiles.Record(ExampleFiles.Branch(header.Schema["device"].Schema, "Device"), ("id", e.Device)));
        if (header.Schema.TryGetField("app", out var app))
        {
            header.Add("app", ExampleFiles.Record(ExampleFiles.Branch(app.Schema, "App"), ("name", "market"), ("version", e.AppVersion)));
        }

        envelope.Add("header", header);
        envelope.Add("properties", Properties(e));
        envelope.Add("payload", e.Fault == Fault.NoName ? null : Payload(envelope.Schema["payload"].Schema, e));
    }

    private static long Milliseconds(ExampleEvent e) => e.Fault switch
    {
        Fault.BadTime => e.Micros * 1000,
        Fault.Future => (e.Micros / 1000) + 86_400_000L,
        _ => e.Micros / 1000,
    };

    private static Dictionary<string, object> Properties(ExampleEvent e)
    {
        // A key at a time, in one order: the bytes of a map follow from it.
        var properties = new Dictionary<string, object> { ["platform"] = e.Number % 29 == 28 ? string.Empty : e.Platform, ["country"] = e.Country };
        if (e.Source is not null)
        {
            properties["source"] = e.Source;
        }

        if (e.Kind is EventKind.Purchase or EventKind.AddToCart || e.Fault == Fault.BadId)
        {
            properties["quantity"] = e.Fault == Fault.BadId ? "two" : "1";
        }

        return properties;
    }

    private static GenericRecord Payload(Schema union, ExampleEvent e)
    {
        var hasMessage = ((UnionSchema)union).Schemas.Any(s => s.Name == "message");
        GenericRecord Of(string name, params (string, object?)[] fields) => ExampleFiles.Record(ExampleFiles.Branch(union, name), fields);
        return e.Kind switch
        {
            EventKind.Search => Of("search", ("page", e.Page), ("words", 1 + (e.Number % 3))),
            EventKind.ItemView or EventKind.ItemListed => Of("item_view", ("item", (long)e.Item!), ("category", e.Category)),
            EventKind.AddToCart => Of("add_to_cart", ("item", (long)e.Item!), ("category", e.Category), ("price", (double)e.Price!)),
            EventKind.Purchase when hasMessage => Of("purchase", ("order", e.EventId[..8]), ("price", (double)e.Price!), ("category", e.Category)),
            EventKind.Purchase => Of("purchase", ("order", e.EventId[..8]), ("price", (double)e.Price!)),
            EventKind.MessageSent when hasMessage => Of("message", ("page", e.Page)),
            _ => Of("page_view", ("page", e.Page)),
        };
    }
}
