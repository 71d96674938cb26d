using BatchEtl.Benchmarks;

switch (args.FirstOrDefault())
{
    case "avro":
        return AvroReading.Run(args[1..]);
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/BatchEtl.Benchmarks -- VERB …\n  avro [--rows N] [--dir DIR]   reading Avro files");
        return 2;
}
