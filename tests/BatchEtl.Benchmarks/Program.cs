using BatchEtl.Benchmarks;
using BatchEtl.Benchmarks.Spark;

return args switch
{
    ["avro", .. var rest] => AvroReading.Run(rest),
    ["audit", .. var rest] => AuditBenchmark.Run(rest),
    ["generate", .. var rest] => GenerateBenchmark.Run(rest),
    ["spark", .. var rest] => SparkBenchmark.Run(rest),
    ["night", .. var rest] => NightBenchmark.Run(rest),
    ["actors", .. var rest] => ActorsBenchmark.Run(rest),
    ["alarms", .. var rest] => AlarmsBenchmark.Run(rest),
    _ => Usage.Print(),
};
