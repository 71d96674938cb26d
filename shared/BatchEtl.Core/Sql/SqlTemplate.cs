using System.Reflection;
using System.Text;

namespace BatchEtl.Core.Sql;

/// <summary>
/// A job's SQL: text with <c>{{fragment}}</c> places that the job fills from the pipeline, and <c>@function(…)</c> calls
/// that the dialect spells. Fragments are inserted as they are and never scanned again, so a user's text cannot become SQL.
/// </summary>
public sealed class SqlTemplate(string name, string text)
{
    public string Name { get; } = name;

    /// <summary>Reads <paramref name="file"/>, embedded beside the type <typeparamref name="T"/>.</summary>
    public static SqlTemplate Beside<T>(string file)
    {
        var type = typeof(T);
        var resource = $"{type.Namespace}.{file}";
        using var stream = type.Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the SQL file {resource} is not embedded");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new SqlTemplate(file, reader.ReadToEnd());
    }

    /// <summary>The SQL for one dialect. Comments of the template are left out.</summary>
    /// <exception cref="ArgumentException">A fragment is missing or was given and not used, or a call is not closed.</exception>
    public string Render(Dialect dialect, IReadOnlyDictionary<string, string> fragments)
    {
        var used = new HashSet<string>();
        var sql = RenderPart(WithoutComments(text), dialect, fragments, used);
        var unused = fragments.Keys.Except(used).ToList();
        return unused.Count == 0
            ? sql.Trim()
            : throw new ArgumentException($"{Name} has no place for {{{{{string.Join("}}, {{", unused)}}}}}");
    }

    private static string WithoutComments(string sql) =>
        string.Join('\n', sql.Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal)));

    private string RenderPart(string part, Dialect dialect, IReadOnlyDictionary<string, string> fragments, HashSet<string> used)
    {
        var sql = new StringBuilder(part.Length * 2);
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] == '{' && i + 1 < part.Length && part[i + 1] == '{')
            {
                var end = part.IndexOf("}}", i, StringComparison.Ordinal);
                var key = part[(i + 2)..end];
                used.Add(key);
                sql.Append(fragments.TryGetValue(key, out var value)
                    ? value
                    : throw new ArgumentException($"{Name}: nothing given for {{{{{key}}}}}"));
                i = end + 1;
            }
            else if (part[i] == '@' && i + 1 < part.Length && char.IsAsciiLetter(part[i + 1]))
            {
                var open = part.IndexOf('(', i);
                var (arguments, close) = Arguments(part, open);
                sql.Append(dialect.Call(part[(i + 1)..open], [.. arguments.Select(a => RenderPart(a, dialect, fragments, used))]));
                i = close;
            }
            else if (part[i] == '\'')
            {
                var end = part.IndexOf('\'', i + 1);
                sql.Append(part, i, end - i + 1);
                i = end;
            }
            else
            {
                sql.Append(part[i]);
            }
        }

        return sql.ToString();
    }

    private (List<string> Arguments, int Close) Arguments(string part, int open)
    {
        var arguments = new List<string>();
        var (depth, start) = (0, open + 1);
        for (var i = open; i < part.Length; i++)
        {
            switch (part[i])
            {
                case '\'':
                    i = part.IndexOf('\'', i + 1);
                    break;
                case '(' or '[':
                    depth++;
                    break;
                case ',' when depth == 1:
                    arguments.Add(part[start..i].Trim());
                    start = i + 1;
                    break;
                case ')' or ']' when --depth == 0:
                    arguments.Add(part[start..i].Trim());
                    return (arguments, i);
            }
        }

        throw new ArgumentException($"{Name}: a call is not closed: {part[open..Math.Min(part.Length, open + 40)]}");
    }

    }
