using DuckDB.NET.Data; using System.Diagnostics;
using var c = new DuckDBConnection("DataSource=:memory:"); c.Open();
foreach (var sql in File.ReadAllText(args[0]).Split(";\n", StringSplitOptions.RemoveEmptyEntries)) {
  var w = Stopwatch.StartNew(); using var cmd = c.CreateCommand(); cmd.CommandText = sql; 
  using var r = cmd.ExecuteReader(); int n=0; 
  while (r.Read()) { if (n++ < 40) Console.WriteLine(string.Join(" | ", Enumerable.Range(0, r.FieldCount).Select(i => r.IsDBNull(i) ? "null" : r.GetValue(i)?.ToString()))); }
  Console.WriteLine($"-- {n} rows {w.Elapsed.TotalSeconds:F2} s: {sql[..Math.Min(60, sql.Length)].Replace("\n"," ")}");
}
