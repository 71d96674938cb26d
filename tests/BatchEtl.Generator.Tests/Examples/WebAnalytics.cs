using System.Globalization;
using Avro;
using Avro.Generic;
using BatchEtl.Generator.World;

namespace BatchEtl.Generator.Tests.Examples;

/// <summary>
/// Flat web analytics with parameters as arrays of key and value, in folders by local day of the event. It has no event
/// id: the mapping makes one of what names an event.
/// </summary>
internal static class WebAnalytics
{
    private const string Parameters = """
        {"name":"event_params","type":{"type":"array","items":{"type":"record","name":"Parameter","fields":[
        {"name":"key","type":"string"},{"name":"value","type":{"type":"record","name":"Value","fields":[
        {"name":"string_value","type":["null","string"]},{"name":"int_value","type":["null","long"]},{"name":"double_value","type":["null","double"]}]}}]}}},
        """;

    private const string Version1 = """
        {"type":"record","name":"Event","namespace":"analytics","fields":[
        {"name":"event_date","type":"string"},{"name":"event_timestamp","type":["null","long"]},{"name":"event_name","type":["null","string"]},
        """ + Parameters + """
        {"name":"event_bundle_sequence_id","type":"long"},
        {"name":"user_pseudo_id","type":["null","string"]},{"name":"user_id","type":["null","string"]},{"name":"platform","type":"string"},
        {"name":"geo","type":{"type":"record","name":"Geo","fields":[{"name":"country","type":["null","string"]}]}},
        {"name":"traffic_source","type":{"type":"record","name":"TrafficSource","fields":[{"name":"source","type":["null","string"]}]}}]}
        """;

    private const string Version2 = """
        {"type":"record","name":"Event","namespace":"analytics","fields":[
        {"name":"event_date","type":"string"},{"name":"event_timestamp","type":["null","long"]},{"name":"event_name","type":["null","string"]},
        """ + Parameters + """
        {"name":"event_bundle_sequence_id","type":"long"},
        {"name":"user_pseudo_id","type":["null","string"]},{"name":"user_id","type":["null","string"]},
        {"name":"is_active_user","type":"boolean","default":true},{"name":"platform","type":"string"},
        {"name":"geo","type":{"type":"record","name":"Geo","fields":[{"name":"country","type":["null","string"]},{"name":"city","type":["null","string"],"default":null}]}},
        {"name":"traffic_source","type":{"type":"record","name":"TrafficSource","fields":[{"name":"source","type":["null","string"]}]}}]}
        """;

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Vilnius");

    public static void Write(string root)
    {
        var options = new GeneratorOptions
        {
            Output = root,
            Events = 1_050,
            Days = 3,
            FirstDay = new DateOnly(2026, 3, 28),
            Seed = 35,
            DuplicateShare = 0.03,
            LateShare = 0.02,
            RejectShare = 0.02,
        };
        foreach (var day in ExampleEvent.World(options).Where(e => e.Platform != "bot").GroupBy(DayOf).Where(d => d.Key >= options.FirstDay))
        {
            // Two exporters write side by side; one has moved to the second version.
            var name = day.Key.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            for (var exporter = 0; exporter < 2; exporter++)
            {
                var events = day.Where(e => (e.LandedMs & 1) == exporter).ToList();
                ExampleFiles.Write(
                    Path.Combine(root, name, $"events_{name}_{exporter}.avro"),
                    exporter == 0 ? Version1 : Version2,
                    LandingCodec.Zstandard,
                    events.Select(e => (Action<GenericRecord>)(r => Fill(r, e, name))));
            }
        }
    }

    private static DateOnly DayOf(ExampleEvent e) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddTicks(e.Micros * 10), Zone));

    private static void Fill(GenericRecord record, ExampleEvent e, string date)
    {
        record.Add("event_date", date);
        record.Add("event_timestamp", e.Fault == Fault.NoTime ? null : Microseconds(e));
        record.Add("event_name", e.Fault == Fault.NoName ? null : NameOf(e.Kind));
        record.Add("event_params", ParametersOf(((ArraySchema)record.Schema["event_params"].Schema).ItemSchema, e));
        record.Add("event_bundle_sequence_id", (long)e.Number);
        record.Add("user_pseudo_id", e.Fault is Fault.NoActor or Fault.NoId ? null : e.Device);
        record.Add("user_id", e.User?.ToString(CultureInfo.InvariantCulture));
        record.Add("platform", e.Platform.ToUpperInvariant());
        var geo = new GenericRecord((RecordSchema)record.Schema["geo"].Schema);
        geo.Add("country", e.Country);
        record.Add("geo", geo);
        record.Add("traffic_source", ExampleFiles.Record(record.Schema["traffic_source"].Schema, ("source", e.Source)));
        if (record.Schema.TryGetField("is_active_user", out _))
        {
            record.Add("is_active_user", true);
            geo.Add("city", null);
        }
    }

    private static long Microseconds(ExampleEvent e) => e.Fault switch
    {
        Fault.BadTime => e.Micros * 1000,
        Fault.Future => e.Micros + (2 * 86_400_000_000L),
        _ => e.Number % 41 == 40 ? e.Micros - 86_400_000_000L : e.Micros,
    };

    private static string NameOf(EventKind kind) => kind switch
    {
        EventKind.Search => "view_search_results",
        EventKind.ItemView => "view_item",
        EventKind.AddToCart => "add_to_cart",
        EventKind.Checkout => "begin_checkout",
        EventKind.Purchase => "purchase",
        EventKind.ItemListed => "generate_lead",
        EventKind.MessageSent => "contact",
        _ => "page_view",
    };

    private static GenericRecord[] ParametersOf(Schema item, ExampleEvent e)
    {
        var value = ((RecordSchema)item)["value"].Schema;
        GenericRecord Parameter(string key, string? text = null, long? whole = null, double? number = null) => ExampleFiles.Record(
            item, ("key", key), ("value", ExampleFiles.Record(value, ("string_value", text), ("int_value", whole), ("double_value", number))));
        var parameters = new List<GenericRecord> { Parameter("page_location", text: e.Page) };
        if (e.Number > 0)
        {
            parameters.Add(Parameter("engagement_time_msec", whole: (e.Micros / 1000) % 60_000));
        }

        if (e.Number == 0 && e.Source is not null)
        {
            parameters.Add(Parameter("source", text: e.Source));
        }

        if (e.Category is not null)
        {
            parameters.Add(Parameter("item_category", text: e.Category));
        }

        if (e.Price is not null || e.Fault == Fault.BadId)
        {
            parameters.Add(Parameter("value", number: e.Fault == Fault.BadId ? double.NaN : (double)e.Price!));
        }

        return [.. parameters];
    }
}
