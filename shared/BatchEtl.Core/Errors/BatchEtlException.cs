namespace BatchEtl.Core.Errors;

/// <summary>What the process ends with; see pipeline.md, "exit code".</summary>
public enum ExitCode
{
    /// <summary>All was done.</summary>
    Done = 0,

    /// <summary>A fault of ours; a stack trace is in the log.</summary>
    Fault = 1,

    /// <summary>The command line or the pipeline file is wrong.</summary>
    Usage = 2,

    /// <summary>Landed input is missing, empty, corrupt or has too many rejects.</summary>
    Input = 3,

    /// <summary>A check failed; nothing was published.</summary>
    CheckFailed = 4,

    /// <summary>Refused: warehouse in use, other settings, day not over, before history, missing predecessor.</summary>
    Refused = 5,

    /// <summary>Engine, store or disk failed.</summary>
    Engine = 6,

    /// <summary>The user interrupted the run.</summary>
    Interrupted = 130,
}

/// <summary>
/// An error that a person can act on: the message says what was expected, what was found, where, and what to do.
/// Everything else that escapes is a fault of ours (<see cref="ExitCode.Fault"/>).
/// </summary>
public sealed class BatchEtlException : Exception
{
    public BatchEtlException(ExitCode exitCode, string message, Exception? inner = null)
        : base(message, inner) => ExitCode = exitCode;

    /// <summary>The exit code that this error becomes.</summary>
    public ExitCode ExitCode { get; }

    public static BatchEtlException Usage(string message) => new(ExitCode.Usage, message);

    public static BatchEtlException Input(string message) => new(ExitCode.Input, message);

    public static BatchEtlException Refused(string message) => new(ExitCode.Refused, message);
}
