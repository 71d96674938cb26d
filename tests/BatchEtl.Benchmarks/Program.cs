return args switch
{
    ["generate", .. var rest] => BatchEtl.Benchmarks.GenerateBenchmark.Run(rest),
    _ => BatchEtl.Benchmarks.Usage.Print(),
};
