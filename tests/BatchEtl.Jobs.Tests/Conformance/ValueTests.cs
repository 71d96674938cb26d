using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Reference;
using BatchEtl.Reference.Tables;
using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

/// <summary>How landed values become a column's (E1) and which records are rejected for what (E3, E7), one case per rule.</summary>
[TestFixture(TestedEngine.DuckDb)]
[TestFixture(TestedEngine.Spark)]
public sealed class ValueTests(TestedEngine engine) : IDisposable
{
    /// <summary>A night takes Spark seconds, however little landed.</summary>
    private const int CasesPerNight = 14;

    private readonly Dictionary<string, (ValueCase Case, Lazy<(ReferenceTable Events, ReferenceTable Rejects)> Built)> _shared = [];
    private readonly List<TemporaryFolder> _folders = [];

    [OneTimeSetUp]
    public void Share()
    {
        foreach (var cases in ValueCase.All().Select(c => (ValueCase)c.Arguments[0]!).Where(c => c.CanShare).Select((c, i) => c with { Suffix = $"{i}" }).Chunk(CasesPerNight))
        {
            var night = new Lazy<(ReferenceTable, ReferenceTable)>(() =>
            {
                _folders.Add(new TemporaryFolder());
                return Build(cases, _folders[^1].Path);
            });
            foreach (var of in cases)
            {
                _shared.Add(of.Name, (of, night));
            }
        }
    }

    public void Dispose() => _folders.ForEach(f => f.Dispose());

    [TestCaseSource(typeof(ValueCase), nameof(ValueCase.All))]
    public void EveryRow(object of)
    {
        var given = (ValueCase)of;
        if (_shared.TryGetValue(given.Name, out var shared))
        {
            Assert.That(string.Join(Environment.NewLine, Differences(shared.Case, shared.Built.Value)), Is.Empty);
            return;
        }

        using var temp = new TemporaryFolder();
        if (given.IsRefused)
        {
            var refusal = Refusal(given, temp.Path);
            Assert.That(
                refusal?.Contains(given.Json["refused"]!.GetValue<string>(), StringComparison.Ordinal) ?? false,
                Is.EqualTo(given.Known is null),
                given.Known is null ? $"refused with: {refusal}" : "known to differ, but it does not any more: take \"known\" away");
            return;
        }

        Assert.That(string.Join(Environment.NewLine, Differences(given, Build([given], temp.Path))), Is.Empty);
    }

    /// <summary>The configuration error's text, or null where the day was built.</summary>
    private string? Refusal(ValueCase given, string folder)
    {
        try
        {
            Build([given], folder);
            return null;
        }
        catch (BatchEtlException e)
        {
            return e.Message;
        }
    }

    private (ReferenceTable Events, ReferenceTable Rejects) Build(IReadOnlyList<ValueCase> cases, string folder)
    {
        var pipeline = ValueLanding.Write(cases, folder);
        using var harness = new DayHarness(engine, pipeline, Path.Combine(folder, "built"));
        var build = harness.Build(cases[0].Day, until: "events");
        ReferenceTable Read(string table) => BuiltTable.Read(build, build.Contracts.All.Single(c => c.Name == table));
        return (Read("events"), Read("rejects"));
    }

    private static IEnumerable<string> Differences(ValueCase given, (ReferenceTable Events, ReferenceTable Rejects) built)
    {
        var rejects = built.Rejects.Rows.Where(r => ((string)Cell(r, "file")!).EndsWith('/' + given.FileName)).ToList();
        var events = built.Events.Rows.Where(e => given.Suffix.Length == 0 || ((string)e[built.Events.IndexOf("event_id")]!).StartsWith($"e{given.Suffix}-", StringComparison.Ordinal)).ToList();
        foreach (var folder in given.Rows.GroupBy(r => r.Folder))
        {
            foreach (var (number, row) in folder.Index())
            {
                // An engine that does not know positions (E3) is asked for any reject of the file that is as expected.
                var reject = rejects.Find(r => Cell(r, "file") is string file && file == $"{folder.Key}/{given.FileName}"
                    && (Cell(r, "record_number") is { } position ? (long)position == number : row.Reject is not null && RejectDifference(row, r) is null));
                var key = ValueLanding.Record(row)[given.Key == "event_id" ? "id" : "actor"];
                var found = key is null ? null : events.Find(e => e[built.Events.IndexOf(given.Key)] is string text && key.GetValueKind() == JsonValueKind.String && text == key.GetValue<string>());
                if (reject is not null)
                {
                    rejects.Remove(reject);
                }

                if (found is not null)
                {
                    events.Remove(found);
                }

                var difference = (reject, found) switch
                {
                    ({ } r, null) => row.Reject is null ? $"rejected: {Shown(r)}" : RejectDifference(row, r),
                    (null, { } e) => !row.IsEvent ? $"an event, {given.Column} = {TextOf(Value(e))}" : EventDifference(row, Value(e), built.Events.TypeOf(given.Column)),
                    (null, null) => row.Reject is not null || row.IsEvent ? "in neither table" : null,
                    _ => "event and reject",
                };
                if (row.Known is not null)
                {
                    difference = difference is null ? "known to differ, but it does not any more: take \"known\" away" : null;
                }

                if (difference is not null)
                {
                    yield return $"{row}: {difference}";
                }
            }
        }

        // Rows that are known to differ may leave rejects behind where the engine gives no positions.
        foreach (var left in rejects.Where(r => Cell(r, "record_number") is not null || given.Rows.All(row => row.Known is null)))
        {
            yield return $"{given.Name}: a reject that no row explains: {Shown(left)}";
        }

        foreach (var left in events)
        {
            yield return $"{given.Name}: an event that no row explains: {string.Join(" | ", left.Select(TextOf))}";
        }

        object? Cell(object?[] row, string column) => row[built.Rejects.IndexOf(column)];

        object? Value(object?[] row) => row[built.Events.IndexOf(given.Column)];

        string Shown(object?[] reject) => string.Join(" | ", reject.Select(TextOf));

        string? RejectDifference(ValueRow row, object?[] reject)
        {
            var (reason, column, raw, hasRaw) = row.Reject!.Value;
            return reason.Equals(Cell(reject, "reason")) && column.Equals(Cell(reject, "column_name")) && (!hasRaw || SameRaw(raw, (string?)Cell(reject, "raw_value"), given.LandsFloats)) ? null : $"rejected: {Shown(reject)}";
        }
    }

    /// <summary>Texts as they are; of a floating number any text that reads back to it (a float's to the float).</summary>
    private static bool SameRaw(JsonNode? expected, string? raw, bool isFloat)
    {
        if (expected?.GetValueKind() != JsonValueKind.Number)
        {
            return expected?.GetValue<string>() == raw;
        }

        var number = expected.GetValue<double>();
        return double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var read)
            && (isFloat ? ((float)read).Equals((float)number) : read.Equals(number));
    }

    private static string? EventDifference(ValueRow row, object? value, ColumnType type)
    {
        var expected = row.Json["out"];
        var same = (expected, value) switch
        {
            (null, _) => value is null,
            (_, double number) => expected.GetValueKind() == JsonValueKind.Number
                && BitConverter.DoubleToInt64Bits(expected.GetValue<double>()) == BitConverter.DoubleToInt64Bits(number),
            _ => expected.GetValueKind() == JsonValueKind.String && expected.GetValue<string>() == (type.Kind == TypeKind.Timestamp ? Instant((long?)value) : TextOf(value)),
        };
        return same ? null : $"an event with {(type.Kind == TypeKind.Timestamp ? Instant((long?)value) : TextOf(value))} ({type})";
    }

    private static string TextOf(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ExactDecimal number => number.ToString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string? Instant(long? micros) =>
        micros is { } at ? DateTime.UnixEpoch.AddTicks(at * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) : null;
}
