using System.Text.RegularExpressions;

namespace BatchEtl.Spark.Gateway;

/// <summary>What a Throwable says: the message and its innermost cause, not the frames.</summary>
internal static partial class SparkFailure
{
    private const int LongestChain = 20;

    public static string Describe(GatewayConnection connection, JavaObject failure, string target, string method)
    {
        try
        {
            var messages = new List<string>();
            for (var thrown = failure; thrown is not null && messages.Count < LongestChain; thrown = connection.Call(thrown, "getCause") as JavaObject)
            {
                messages.Add((string?)connection.Call(thrown, "toString") ?? "an error without a text");
            }

            return Text(messages);
        }
        catch (SparkException)
        {
            return $"{target}.{method} failed, and Spark could not say why";
        }
    }

    /// <summary>The outermost message and what is at the bottom of it.</summary>
    /// <param name="messages">From the outermost Throwable to its innermost cause.</param>
    public static string Text(IReadOnlyList<string> messages)
    {
        var first = WithoutFrames(messages[0]);

        // An executor's error comes as text: its own chain of causes stands in the message.
        var inner = CausedBy().Matches(string.Join('\n', messages)).Select(m => m.Groups[1].Value.Trim()).LastOrDefault()
            ?? (messages.Count > 1 ? WithoutFrames(messages[^1]) : null);
        return inner is null || first.Contains(inner, StringComparison.Ordinal) ? first : $"{first}; caused by {inner}";
    }

    private static string WithoutFrames(string message) =>
        Blank().Replace(Frames().Replace(DriverStack().Replace(Plan().Replace(message, "$1"), string.Empty), string.Empty), "\n").Trim();

    [GeneratedRegex(@"\n\s*at [^\n]*|\n\s*\.\.\. \d+ more")]
    private static partial Regex Frames();

    [GeneratedRegex(@"\nDriver stacktrace:.*", RegexOptions.Singleline)]
    private static partial Regex DriverStack();

    /// <summary>The plan behind an analysis error.</summary>
    [GeneratedRegex(@"(; line \d+ pos \d+);\n.*", RegexOptions.Singleline)]
    private static partial Regex Plan();

    [GeneratedRegex(@"^Caused by: ([^\n]*)", RegexOptions.Multiline)]
    private static partial Regex CausedBy();

    [GeneratedRegex(@"\n\s*\n")]
    private static partial Regex Blank();
}
