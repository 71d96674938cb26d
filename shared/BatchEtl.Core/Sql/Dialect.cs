using System.Globalization;
using System.Text;

namespace BatchEtl.Core.Sql;

/// <summary>
/// What differs between SQL engines, as data: a name for each function that engines spell differently, with a template
/// in which <c>{0}</c>, <c>{1}</c> … stand for the arguments. Jobs write <c>@name(a, b)</c> in their SQL.
/// </summary>
public sealed class Dialect
{
    private readonly IReadOnlyDictionary<string, string> _functions;

    /// <param name="name">The engine's name, for messages.</param>
    /// <param name="functions">Function name → template.</param>
    /// <param name="textEscapes">What a character inside a text literal is written as, beside itself.</param>
    public Dialect(string name, IReadOnlyDictionary<string, string> functions, IReadOnlyDictionary<char, string> textEscapes)
    {
        Name = name;
        _functions = functions;
        TextEscapes = textEscapes;
    }

    public string Name { get; }

    /// <summary>The names that jobs may use; every engine's dialect has the same.</summary>
    public IEnumerable<string> FunctionNames => _functions.Keys;

    private IReadOnlyDictionary<char, string> TextEscapes { get; }

    /// <summary>The engine's spelling of a function.</summary>
    /// <exception cref="ArgumentException">The dialect has no such function, or its template wants more arguments.</exception>
    public string Call(string function, params ReadOnlySpan<string> arguments)
    {
        if (!_functions.TryGetValue(function, out var template))
        {
            throw new ArgumentException($"dialect {Name} has no function '{function}'", nameof(function));
        }

        var sql = new StringBuilder(template.Length + 64);
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] == '{' && i + 2 < template.Length && char.IsAsciiDigit(template[i + 1]) && template[i + 2] == '}')
            {
                var index = template[i + 1] - '0';
                if (index >= arguments.Length)
                {
                    throw new ArgumentException($"{Name}.{function} wants argument {index + 1} of {arguments.Length}", nameof(arguments));
                }

                sql.Append(arguments[index]);
                i += 2;
            }
            else
            {
                sql.Append(template[i]);
            }
        }

        return sql.ToString();
    }

    /// <summary>A text literal.</summary>
    public string Text(string value)
    {
        var sql = new StringBuilder(value.Length + 2).Append('\'');
        foreach (var c in value)
        {
            _ = TextEscapes.TryGetValue(c, out var escaped) ? sql.Append(escaped) : sql.Append(c);
        }

        return sql.Append('\'').ToString();
    }

    /// <summary>A date literal.</summary>
    public string Date(DateOnly day) => Call("date_literal", Text(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    /// <summary>A quoted identifier.</summary>
    public string Identifier(string identifier) => Call("identifier", identifier);

    /// <summary>A 64-bit integer literal.</summary>
    public static string Long(long value) => value == long.MinValue
        ? "(-9223372036854775807 - 1)"
        : value.ToString(CultureInfo.InvariantCulture);
}
