using System.Globalization;

namespace BatchEtl.Core.Publishing;

/// <summary>Ids of runs: part of file and folder names, hence letters, digits and <c>-</c> only, in order of their starts.</summary>
public static class RunId
{
    /// <summary>A new id, e.g. <c>20260131T020000Z-3f9c2a1b</c>; two runs of one instant get different ones.</summary>
    /// <param name="started">When the run started, or its <c>as_of</c>.</param>
    public static string New(DateTimeOffset started) =>
        started.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z-'", CultureInfo.InvariantCulture) + Guid.NewGuid().ToString("N")[..8];

    /// <exception cref="ArgumentException">The text can't be a run id.</exception>
    public static string Check(string runId) =>
        runId.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(runId[0]) && runId.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? runId
            : throw new ArgumentException($"expected a run id of letters, digits and '-', found '{runId}'", nameof(runId));
}
