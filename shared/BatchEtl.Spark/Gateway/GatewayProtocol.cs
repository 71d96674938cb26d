using System.Globalization;
using System.Text;

namespace BatchEtl.Spark.Gateway;

/// <summary>An object that lives in the JVM.</summary>
/// <param name="Id">Its name in the protocol, e.g. <c>o12</c>.</param>
internal sealed record JavaObject(string Id);

/// <summary>
/// Commands and answers of the Py4J gateway that every Spark carries: lines of UTF-8 text, in which a line's end and a
/// backslash are written with a backslash.
/// </summary>
internal static class GatewayProtocol
{
    public static string Authenticate(string secret) => $"A\n{Escape(secret)}\n";

    /// <param name="target">An object's id, or <c>z:</c> and a class for a static method.</param>
    public static string Call(string target, string method, params ReadOnlySpan<object?> arguments) =>
        $"c\n{target}\n{method}\n{Arguments(arguments)}e\n";

    public static string Construct(string type, params ReadOnlySpan<object?> arguments) => $"i\n{type}\n{Arguments(arguments)}e\n";

    public static string NewArray(string elementType, int length) => $"a\nc\n{Argument(elementType)}{Argument(length)}e\n";

    public static string SetArray(JavaObject array, int index, object? value) => $"a\ns\n{array.Id}\n{Argument(index)}{Argument(value)}e\n";

    public static string Release(JavaObject released) => $"m\nd\n{released.Id}\ne\n";

    /// <summary>The value of an answer.</summary>
    /// <param name="answer">The line without its end.</param>
    /// <param name="failure">The Throwable, where the answer is a failure that has one.</param>
    /// <exception cref="SparkException">The answer is a protocol error, or none.</exception>
    public static object? Parse(string answer, out JavaObject? failure)
    {
        failure = null;
        if (answer.StartsWith("!xr", StringComparison.Ordinal))
        {
            failure = new JavaObject(answer[3..]);
            return null;
        }

        if (answer.StartsWith("!xs", StringComparison.Ordinal) || answer.StartsWith("!zs", StringComparison.Ordinal))
        {
            throw new SparkException($"the gateway refused a command: {Unescape(answer[3..])}");
        }

        if (answer.Length < 3 || !answer.StartsWith("!y", StringComparison.Ordinal))
        {
            throw new SparkException($"expected an answer of the gateway, found '{answer[..Math.Min(answer.Length, 60)]}'");
        }

        var value = answer[3..];
        return answer[2] switch
        {
            'v' or 'n' => null,
            's' => Unescape(value),
            'i' => int.Parse(value, CultureInfo.InvariantCulture),
            'L' => long.Parse(value, CultureInfo.InvariantCulture),
            'd' => double.Parse(value, CultureInfo.InvariantCulture),
            'b' => value == "true",
            'r' or 'l' or 'a' or 't' or 'h' or 'g' => new JavaObject(value),
            var type => throw new SparkException($"expected an answer of a known type, found '{type}'"),
        };
    }

    private static string Arguments(ReadOnlySpan<object?> arguments)
    {
        var text = new StringBuilder();
        foreach (var argument in arguments)
        {
            text.Append(Argument(argument));
        }

        return text.ToString();
    }

    private static string Argument(object? value) => value switch
    {
        null => "n\n",
        string text => $"s{Escape(text)}\n",
        int number => string.Create(CultureInfo.InvariantCulture, $"i{number}\n"),
        long number => string.Create(CultureInfo.InvariantCulture, $"L{number}\n"),
        bool flag => flag ? "btrue\n" : "bfalse\n",
        JavaObject known => $"r{known.Id}\n",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "no type of the gateway"),
    };

    private static string Escape(string text) => text.AsSpan().IndexOfAny("\\\n\r") < 0
        ? text
        : text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal).Replace("\r", @"\r", StringComparison.Ordinal);

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = text[i] == '\\' && i + 1 < text.Length;
            plain.Append(!isEscape ? text[i] : text[++i] switch { 'n' => '\n', 'r' => '\r', var c => c });
        }

        return plain.ToString();
    }
}
