using System.Text.RegularExpressions;
using BatchEtl.DuckDb;

namespace BatchEtl.Architecture.Tests;

/// <summary>Jobs' SQL is every engine's SQL: what engines spell differently stands in the dialect only.</summary>
public sealed partial class JobSql
{
    /// <summary>Engines' names and functions, casts and literals that another engine lacks or means otherwise.</summary>
    private static readonly string[] _engineWords =
    [
        "duckdb", "spark", "hive", "trino", "read_parquet", "read_avro", "struct_pack", "named_struct", "epoch_us", "epoch_ms",
        "make_timestamp", "timestamp_micros", "unix_micros", "arg_min", "arg_max", "min_by", "max_by", "list", "unnest", "explode",
        "collect_list", "string_agg", "listagg", "group_concat", "strftime", "date_format", "regexp_matches", "regexp_full_match",
        "regexp_extract", "regexp_like", "rlike", "string_split", "split", "try_cast", "qualify", "exclude", "replace", "hugeint", "ubigint",
        "varchar", "string", "date_trunc", "interval", "isfinite", "md5", "hash", "xxhash64", "chr", "shiftleft",
    ];

    /// <summary>Casts, integer division, shifts, lambdas, and quoted identifiers of one engine or the other.</summary>
    private static readonly string[] _engineSigns = ["::", "//", "<<", ">>", "->", "\"", "`", "[", ":="];

    private static IReadOnlyList<string> SqlFiles => Repository.Files("jobs", "*.sql");

    private static IReadOnlyList<string> Sources => Repository.Files("jobs", "*.cs");

    [Test]
    public void ThereIsSqlToLookAt() => Assert.That(SqlFiles, Has.Count.GreaterThan(5));

    [TestCaseSource(nameof(SqlFiles))]
    public void NamesNoEngine(string file)
    {
        var sql = Code(file);
        var words = Word().Matches(sql).Select(m => m.Value.ToLowerInvariant()).Intersect(_engineWords);
        Assert.That(words.Concat(_engineSigns.Where(sql.Contains)), Is.Empty);
    }

    [TestCaseSource(nameof(SqlFiles))]
    public void SaysAtItsTopWhatItIs(string file) =>
        Assert.That(Repository.Text(file), Does.StartWith("-- ").And.Contain("\n-- Parameters: "));

    [TestCaseSource(nameof(SqlFiles))]
    public void CallsOnlyFunctionsOfTheDialect(string file) =>
        Assert.That(Call().Matches(Code(file)).Select(m => m.Groups[1].Value).Distinct(), Is.SubsetOf(DuckDbDialect.Instance.FunctionNames));

    [Test]
    public void SourcesCallOnlyFunctionsOfTheDialect()
    {
        var called = Sources.SelectMany(f => Literals(Repository.Text(f)).Select(n => (File: f, Name: n))).Distinct().ToList();
        Assert.That(called, Has.Count.GreaterThan(20));
        Assert.That(called.Where(c => !DuckDbDialect.Instance.FunctionNames.Contains(c.Name)), Is.Empty);
    }

    [Test]
    public void NoJobNamesAnEngine() =>
        Assert.That(
            Repository.Files("jobs/BatchEtl.Jobs", "*.cs").Where(f => EngineName().IsMatch(Repository.Text(f))),
            Is.Empty);

    /// <summary>The looking itself: what must be found is found.</summary>
    [Test]
    public void LiteralsOfCallsAreFound() =>
        Assert.That(
            Literals("""d.Call("a", x) + d.Call(\n last ? "b" : "c", "no") + Recall("no")""".Replace("\\n", "\n", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "a", "b", "c" }));

    /// <summary>The first argument of each call: a literal, or a choice between literals.</summary>
    private static IEnumerable<string> Literals(string source) =>
        SourceCall().Matches(source).SelectMany(c => Literal().Matches(c.Groups[1].Value)).Select(l => l.Groups[1].Value);

    /// <summary>SQL without comments, texts, fragments and the names of dialect functions.</summary>
    private static string Code(string file) => Fragment().Replace(Quoted().Replace(Comment().Replace(Repository.Text(file), ""), "''"), " ");

    [GeneratedRegex(@"^\s*--.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{\{[a-z_0-9]+\}\}")]
    private static partial Regex Fragment();

    [GeneratedRegex(@"(?<![@\w])[A-Za-z_][A-Za-z_0-9]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"@([A-Za-z_0-9]+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"\.Call\(\s*([^,()]*)")]
    private static partial Regex SourceCall();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"duckdb|spark|\bhive\b|trino|read_parquet|struct_pack|epoch_us|arg_min|arg_max", RegexOptions.IgnoreCase)]
    private static partial Regex EngineName();
}
