using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using BatchEtl.Core.Configuration;

namespace BatchEtl.Reference.Tables;

/// <summary>Expected rows as JSON lines, gzipped: timestamps as microseconds, decimals and dates as text.</summary>
public static class ExpectedTable
{
    /// <summary>The rows of a file as a table with the columns and types of another.</summary>
    /// <exception cref="FormatException">The columns differ, or a cell is not of its type.</exception>
    public static ReferenceTable Read(string file, ReferenceTable like)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var rows = new List<object?[]>();
        while (reader.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var cells = row.RootElement.EnumerateObject().ToList();
            if (!cells.Select(c => c.Name).SequenceEqual(like.Columns))
            {
                throw new FormatException($"{file}: columns {string.Join(", ", cells.Select(c => c.Name))} instead of {string.Join(", ", like.Columns)}");
            }

            rows.Add([.. cells.Select((c, i) => Cell(c.Value, like.Types[i]))]);
        }

        return like with { Rows = rows };
    }

    private static object? Cell(JsonElement json, ColumnType type) => json.ValueKind == JsonValueKind.Null ? null : type.Kind switch
    {
        TypeKind.Int => json.GetInt32(),
        TypeKind.BigInt or TypeKind.Timestamp => json.GetInt64(),
        TypeKind.Double => json.GetDouble(),
        TypeKind.Boolean => json.GetBoolean(),
        TypeKind.Date => DateOnly.ParseExact(json.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        TypeKind.Decimal => ExactDecimal.TryParse(json.GetString()!, out var number) ? number : throw new FormatException(json.GetString()),
        _ => json.GetString(),
    };
}
