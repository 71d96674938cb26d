using BatchEtl.Benchmarks;

return args switch
{
    ["avro", .. var rest] => AvroReading.Run(rest),
    ["generate", .. var rest] => GenerateBenchmark.Run(rest),
    _ => Usage.Print(),
};
