using BatchEtl.Benchmarks;

return args switch
{
    ["avro", .. var rest] => AvroReading.Run(rest),
    ["audit", .. var rest] => AuditBenchmark.Run(rest),
    ["generate", .. var rest] => GenerateBenchmark.Run(rest),
    ["night", .. var rest] => NightBenchmark.Run(rest),
    _ => Usage.Print(),
};
