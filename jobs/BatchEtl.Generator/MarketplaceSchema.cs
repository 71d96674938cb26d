namespace BatchEtl.Generator;

/// <summary>The schemas that the marketplace's records were written with over time.</summary>
public static class MarketplaceSchema
{
    /// <summary>Twelve fields; times in milliseconds, prices as doubles.</summary>
    public const string Version1 = """
        {"type":"record","name":"MarketplaceEvent","namespace":"marketplace.tracking","fields":[
        {"name":"event_id","type":"string"},{"name":"event_name","type":"string"},
        {"name":"occurred_at","type":["null",{"type":"long","logicalType":"timestamp-millis"}]},
        {"name":"device_id","type":"string"},{"name":"user_id","type":["null","string"]},
        {"name":"country","type":"string"},{"name":"platform","type":"string"},{"name":"source","type":["null","string"]},
        {"name":"page","type":"string"},{"name":"category","type":["null","string"]},
        {"name":"price","type":["null","double"]},{"name":"quantity","type":"int"}]}
        """;

    /// <summary>Times in microseconds; adds app_version and consent, with defaults.</summary>
    public const string Version2 = """
        {"type":"record","name":"MarketplaceEvent","namespace":"marketplace.tracking","fields":[
        {"name":"event_id","type":"string"},{"name":"event_name","type":"string"},
        {"name":"occurred_at","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
        {"name":"device_id","type":"string"},{"name":"user_id","type":["null","string"]},
        {"name":"country","type":"string"},{"name":"platform","type":"string"},{"name":"source","type":["null","string"]},
        {"name":"page","type":"string"},{"name":"category","type":["null","string"]},
        {"name":"price","type":["null","double"]},{"name":"quantity","type":"int"},
        {"name":"app_version","type":["null","string"],"default":null},{"name":"consent","type":"boolean","default":true}]}
        """;

    /// <summary>Another order; device_id and country may be null, prices are decimals.</summary>
    public const string Version3 = """
        {"type":"record","name":"MarketplaceEvent","namespace":"marketplace.tracking","fields":[
        {"name":"occurred_at","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
        {"name":"event_name","type":"string"},{"name":"event_id","type":"string"},
        {"name":"user_id","type":["null","string"]},{"name":"device_id","type":["null","string"]},
        {"name":"platform","type":"string"},{"name":"app_version","type":["null","string"],"default":null},
        {"name":"country","type":["null","string"]},{"name":"page","type":"string"},{"name":"source","type":["null","string"]},
        {"name":"quantity","type":"int"},
        {"name":"price","type":["null",{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}]},
        {"name":"category","type":["null","string"]},{"name":"consent","type":"boolean","default":true}]}
        """;

    internal static string Of(int version) => version switch { 1 => Version1, 2 => Version2, _ => Version3 };
}
