namespace BatchEtl.DuckDb.Tests;

/// <summary>
/// The aggregates over events in their order, beside DuckDB's own slow ways: many groups over several threads, ties in time,
/// nulls, texts that stand in 12 bytes and longer ones.
/// </summary>
[TestFixture]
public sealed class EventAggregatesTests
{
    private const string Events =
        """
        CREATE TABLE event AS
        SELECT CAST(hash(i) % {groups} AS INTEGER) AS g, CAST(hash(i + 0.5) % 40 AS BIGINT) - 20 AS t, {id} AS id,
          CASE WHEN hash(i, 1) % 3 > 0 THEN 'a' || hash(i, 2) % 5 END AS a,
          CASE WHEN hash(i, 3) % 50 = 0 THEN repeat('long value ', CAST(1 + hash(i, 4) % 4 AS INTEGER)) || hash(i, 4) % 7 END AS b,
          CAST(NULL AS VARCHAR) AS c,
          CASE WHEN hash(i, 5) % 2 = 0 THEN '' ELSE 'exactly twelve b'[1:12] END AS d,
          CAST(97 + hash(i, 6) % 26 AS INTEGER) AS code
        FROM range({rows}) AS r(i)
        """;

    private static readonly string[] _ids =
    [
        "CAST(md5(CAST(i AS VARCHAR)) AS UUID)",
        "CASE WHEN i % 2 = 0 THEN 'e' || i ELSE 'a much longer id of an event ' || i END",
    ];

    public static IEnumerable<TestCaseData> Cases() =>
        from id in _ids
        from shape in new[] { (Rows: 200_000, Groups: 30_000), (Rows: 100_000, Groups: 3), (Rows: 1, Groups: 1) }
        select new TestCaseData(id, shape.Rows, shape.Groups);

    [TestCaseSource(nameof(Cases))]
    public void EndsAreTheFirstAndLastValues(string id, int rows, int groups)
    {
        using var database = Fill(id, rows, groups);
        string[] columns = ["a", "b", "c", "d"];
        database.AssertSame(
            $"SELECT g, {string.Join(", ", columns.Select((_, i) => $"ends.f{i}, ends.l{i}"))} FROM (SELECT g, ends_by(t, id, a, b, c, d) AS ends FROM event GROUP BY g)",
            $"SELECT g, {string.Join(", ", columns.Select(c => $"arg_min({c}, (t, id)) FILTER (WHERE {c} IS NOT NULL), arg_max({c}, (t, id)) FILTER (WHERE {c} IS NOT NULL)"))} FROM event GROUP BY g");
    }

    [TestCaseSource(nameof(Cases))]
    public void SequenceIsTheCodesInOrder(string id, int rows, int groups)
    {
        using var database = Fill(id, rows, groups);
        const string ordered = "(SELECT *, row_number() OVER (PARTITION BY g ORDER BY t, id) AS n FROM event)";
        foreach (var limit in new[] { 1, 5, 4096 })
        {
            database.AssertSame(
                $"SELECT g, text_in_order(code, t, id, {limit}) FROM event GROUP BY g",
                $"SELECT g, string_agg(chr(code), '' ORDER BY n) FROM {ordered} WHERE n <= {limit} GROUP BY g");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void FirstEventIsTheFirstThatHasATime(string id, int rows, int groups)
    {
        using var database = Fill(id, rows, groups);
        database.Execute("CREATE TABLE timed AS SELECT g, CASE WHEN code % 3 > 0 THEN t END AS t, id FROM event");
        database.AssertSame(
            "SELECT g, first_event(t, id) FROM timed GROUP BY g",
            "SELECT g, arg_min(id, (t, id)) FILTER (WHERE t IS NOT NULL) FROM timed GROUP BY g");
    }

    [TestCaseSource(nameof(Cases))]
    public void AttemptsGetAsFarAsByWindows(string id, int rows, int groups)
    {
        const int window = 3_000;
        using var database = Fill(id, rows, groups);
        database.Execute($"CREATE TABLE fitting AS SELECT g, 1000 * t AS t, id, CAST(CASE WHEN {rows} = 1 THEN 1 ELSE 1 + code % 3 END AS BIGINT) AS steps FROM event");
        database.AssertSame(
            $"SELECT g, len(a) AS reached, CASE WHEN len(a) = 2 THEN a[2] % 8796093022208 END AS took FROM (SELECT g, furthest_attempts(steps, t, id, '2 {window} 0') AS a FROM fitting GROUP BY g) WHERE len(a) > 0",
            $"""
            SELECT g, reached, CASE WHEN reached = 2 THEN took // 1000 END AS took FROM (
              SELECT g, reached, took, row_number() OVER (PARTITION BY g ORDER BY reached DESC, n) AS place FROM (
                SELECT g, n, next - t AS took, CASE WHEN next - t <= {window} THEN 2 ELSE 1 END AS reached FROM (
                  SELECT *, min(CASE WHEN steps >= 2 THEN t END) OVER (PARTITION BY g ORDER BY n DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS next FROM (
                    SELECT *, row_number() OVER (PARTITION BY g ORDER BY t, steps = 2, id) AS n FROM fitting))
                WHERE steps <> 2))
            WHERE place = 1
            """);
    }

    [TestCaseSource(nameof(Cases))]
    public void FunnelsTogetherGetAsFarAsEachAlone(string id, int rows, int groups)
    {
        using var database = Fill(id, rows, groups);
        database.Execute("CREATE TABLE fitting AS SELECT g, 1000 * t AS t, id, CAST(code % 32 AS BIGINT) AS steps FROM event");
        database.AssertSame(
            "SELECT g, furthest_attempts(steps, t, id, '2 3000 0;3 90000 2') FROM fitting GROUP BY g",
            """
            SELECT g, list_concat(
              coalesce(furthest_attempts(steps & 3, t, id, '2 3000 0') FILTER (WHERE steps & 3 <> 0), []),
              coalesce(furthest_attempts(steps >> 2, t, id, '3 90000 2') FILTER (WHERE steps >> 2 <> 0), []))
            FROM fitting GROUP BY g
            """);
        database.AssertSame(
            "SELECT g, furthest_attempts(steps & 9, t, false, '2 3000 0;3 90000 2') FROM fitting GROUP BY g",
            "SELECT g, furthest_attempts(steps & 9, t, id, '2 3000 0;3 90000 2') FROM fitting GROUP BY g");
    }

    [Test]
    public void SixtyFourColumnsAtOnce()
    {
        using var database = Fill(_ids[0], 2_000, 10);
        var columns = string.Join(", ", Enumerable.Range(0, 64).Select(i => $"CASE WHEN code % 7 <> {i} % 7 THEN '{i}:' || a END"));
        database.AssertSame(
            $"SELECT g, ends.f0, ends.l31, ends.f63, ends.l63 FROM (SELECT g, ends_by(t, id, {columns}) AS ends FROM event GROUP BY g)",
            "SELECT g, "
            + "arg_min('0:' || a, (t, id)) FILTER (WHERE code % 7 <> 0 AND a IS NOT NULL), arg_max('31:' || a, (t, id)) FILTER (WHERE code % 7 <> 3 AND a IS NOT NULL), "
            + "arg_min('63:' || a, (t, id)) FILTER (WHERE code % 7 <> 0 AND a IS NOT NULL), arg_max('63:' || a, (t, id)) FILTER (WHERE code % 7 <> 0 AND a IS NOT NULL) FROM event GROUP BY g");
    }

    [Test]
    public void UuidsOfTexts()
    {
        using var database = new Database();
        database.AssertSame(
            "SELECT i, text_uuid(u) FROM (SELECT i, CASE WHEN i % 5 > 0 THEN CAST(CAST(md5(CAST(i AS VARCHAR)) AS UUID) AS VARCHAR) END AS u FROM range(10000) AS r(i))",
            "SELECT i, CASE WHEN i % 5 > 0 THEN CAST(md5(CAST(i AS VARCHAR)) AS UUID) END FROM range(10000) AS r(i)");
        Assert.That(() => database.Rows("SELECT text_uuid('no uuid')"), Throws.Exception.Message.Contains("no uuid"));
    }

    private static Database Fill(string id, int rows, int groups)
    {
        var database = new Database();
        database.Execute(Events.Replace("{groups}", $"{groups}", StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal).Replace("{rows}", $"{rows}", StringComparison.Ordinal));
        return database;
    }
}
