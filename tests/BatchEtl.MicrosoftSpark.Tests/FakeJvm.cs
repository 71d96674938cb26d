using Microsoft.Spark;

namespace BatchEtl.MicrosoftSpark.Tests;

/// <summary>A JVM that keeps what it was asked and answers by a table; an object is known by the call that made it.</summary>
internal sealed class FakeJvm
{
    private readonly Func<string, string[]?> _rows;

    /// <param name="rows">What was collected → the rows of one text; null fails.</param>
    public FakeJvm(Func<string, string[]?> rows)
    {
        _rows = rows;
        ReferenceJvm.Answer = Answer;
    }

    public List<string> Calls { get; } = [];

    /// <summary>A stack trace that every call from now on fails with.</summary>
    public string? Failure { get; set; }

    private object Answer(object target, string method, object[] arguments)
    {
        var call = $"{target}.{method}({string.Join(", ", arguments.Select(a => a is string[] texts ? $"[{string.Join(", ", texts)}]" : a))})"
            .Replace("org.apache.spark.sql.SparkSession.builder().getOrCreate()", "session", StringComparison.Ordinal);
        Calls.Add(call);
        if (Failure is not null)
        {
            throw new JvmException(Failure);
        }

        // The real ones return themselves, or nothing.
        return method switch
        {
            "collect" => _rows(call)!.Select(r => new object[] { r }),
            "config" or "format" or "option" => target,
            _ => call,
        };
    }
}
