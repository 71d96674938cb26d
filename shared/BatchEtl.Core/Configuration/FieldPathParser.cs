using System.Globalization;

namespace BatchEtl.Core.Configuration;

/// <summary>Reads the text of a <see cref="FieldPath"/> from left to right; positions count characters from 1.</summary>
internal sealed class FieldPathParser(string text, string keyField)
{
    private readonly List<PathStep> _steps = [];
    private int _at;

    /// <summary>What is wrong, where, and what was expected; null when nothing is.</summary>
    public string? Error { get; private set; }

    public IReadOnlyList<PathStep>? Parse()
    {
        if (!IsName(keyField))
        {
            Error = $"found the key field '{keyField}'; expected a field name";
            return null;
        }

        if (text == "$topic")
        {
            return [new TopicStep()];
        }

        Name();
        while (Error is null && _at < text.Length)
        {
            switch (text[_at])
            {
                case '.':
                    _at++;
                    Name();
                    break;
                case '[':
                    _at++;
                    Entry();
                    break;
                default:
                    Fail("'.', '[' or the end");
                    break;
            }
        }

        return Error is null ? _steps : null;
    }

    internal static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(IsNameCharacter);

    private void Name()
    {
        if (_steps is [.., BranchStep])
        {
            _at--;
            Fail("the end behind $branch");
            return;
        }

        int start = _at;
        if (_at < text.Length && text[_at] == '$')
        {
            Special();
            return;
        }

        while (_at < text.Length && IsNameCharacter(text[_at]))
        {
            _at++;
        }

        if (_at == start || char.IsAsciiDigit(text[start]))
        {
            _at = start;
            Fail("a field name (letters, digits, _; no digit first)");
            return;
        }

        _steps.Add(new FieldStep(text[start.._at]));
    }

    private void Special()
    {
        const string Branch = "$branch";
        int end = _at + 1;
        while (end < text.Length && IsNameCharacter(text[end]))
        {
            end++;
        }

        if (text[_at..end] != Branch)
        {
            Fail(text[_at..end] == "$topic" ? "$topic alone" : "$branch, or $topic alone");
        }
        else if (_steps.Count == 0)
        {
            Fail("a field name before $branch");
        }
        else
        {
            _at = end;
            _steps.Add(new BranchStep());
        }
    }

    private void Entry()
    {
        if (_steps is [.., BranchStep])
        {
            _at--;
            Fail("the end behind $branch");
            return;
        }

        if (_at >= text.Length || text[_at] != '\'')
        {
            Fail("a key in single quotes, as in ['page']");
            return;
        }

        var key = new System.Text.StringBuilder();
        int quote = _at++;
        for (; ; _at++)
        {
            if (_at >= text.Length)
            {
                _at = quote;
                Fail("a closing ' behind it");
                return;
            }

            if (text[_at] == '\'' && (_at + 1 >= text.Length || text[_at + 1] != '\''))
            {
                break;
            }

            _at += text[_at] == '\'' ? 1 : 0;
            key.Append(text[_at]);
        }

        _at++;
        if (_at >= text.Length || text[_at] != ']')
        {
            Fail("']' behind the key (a quote inside is doubled)");
            return;
        }

        _at++;
        _steps.Add(new EntryStep(key.ToString(), keyField));
    }

    private void Fail(string expected)
    {
        string found = _at < text.Length ? $"'{text[_at]}' at character {(_at + 1).ToString(CultureInfo.InvariantCulture)}" : "the end";
        Error = $"found {found}; expected {expected}";
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
