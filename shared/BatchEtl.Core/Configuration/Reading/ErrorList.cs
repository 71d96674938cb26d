using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Collects everything that is wrong with a pipeline file, so that one look shows all of it.</summary>
internal sealed class ErrorList
{
    private readonly List<(SourcePosition At, string Text)> _errors = [];

    public int Count => _errors.Count;

    /// <summary>Adds <c>FILE:LINE: found; expected …; did you mean 'nearest'?</c></summary>
    /// <param name="candidates">The valid words, if the nearest one is to be named.</param>
    public void Add(SourcePosition at, string found, string expected, string? word = null, IEnumerable<string>? candidates = null)
    {
        string question = word is null || candidates is null ? "" : NearestWord.Question(word, candidates);
        _errors.Add((at, Quoted.Line($"{at}: {found}; expected {expected}{question}")));
    }

    /// <summary>Adds an error inside a text that has its own language (path, layout, pattern).</summary>
    /// <param name="fault"><c>found …; expected …</c></param>
    public void AddAt(SourcePosition at, string where, string fault) => _errors.Add((at, Quoted.Line($"{at}: {where}: {fault}")));

    /// <summary>One line per error, in order of the file's lines, those of --set last.</summary>
    /// <exception cref="BatchEtlException">There are errors (Usage).</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            throw BatchEtlException.Usage(string.Join(
                '\n', _errors.OrderBy(e => e.At.Line == 0 ? int.MaxValue : e.At.Line).Select(e => e.Text).Distinct()));
        }
    }
}
