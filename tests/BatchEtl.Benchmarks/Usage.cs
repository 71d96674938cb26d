namespace BatchEtl.Benchmarks;

internal static class Usage
{
    public static int Print()
    {
        Console.Error.WriteLine("Usage: BatchEtl.Benchmarks avro [--rows N] [--dir DIR]" + Environment.NewLine + "       BatchEtl.Benchmarks audit [--rows N] [--files N]" + Environment.NewLine + "       BatchEtl.Benchmarks generate [--out DIR] [--events N] [--days N] [--codec C] [--threads N]" + Environment.NewLine + "       BatchEtl.Benchmarks night --program DLL --pipeline FILE [--events N,N] [--memory SIZE] [--dir DIR]" + Environment.NewLine + "       BatchEtl.Benchmarks spark --program DLL --pipeline FILE [--events N] [--master URL] [--memory SIZE] [--only baseline,spark,embedded] [--dir DIR]" + Environment.NewLine + "       BatchEtl.Benchmarks actors --program DLL --pipeline FILE [--actors N,N] [--memory SIZE] [--dir DIR]" + Environment.NewLine + "       BatchEtl.Benchmarks alarms --program DLL --pipeline FILE [--events N] [--dir DIR]");
        return 2;
    }
}
