namespace BatchEtl.Core.Configuration.Reading;

/// <summary>The valid word that someone who wrote another one most likely meant.</summary>
internal static class NearestWord
{
    /// <summary>Of several words the one with the fewest edits, the first among equals; null when none is near enough to be meant.</summary>
    public static string? Of(string found, IEnumerable<string> words)
    {
        string? nearest = null;
        int least = int.MaxValue;
        if (found.Length > 100)
        {
            return null;
        }

        foreach (string word in words)
        {
            // A word in another case is nearer than any with a wrong letter.
            int edits = (2 * Distance(found.ToUpperInvariant(), word.ToUpperInvariant()))
                + (string.Equals(found, word, StringComparison.OrdinalIgnoreCase) && found != word ? 1 : 0);
            if (edits < least && edits <= Math.Max(4, Math.Max(found.Length, word.Length)))
            {
                (nearest, least) = (word, edits);
            }
        }

        return nearest;
    }

    /// <summary><c>; did you mean 'x'?</c>, or nothing.</summary>
    public static string Question(string found, IEnumerable<string> words) =>
        Of(found, words) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    /// <summary>Letters put in, left out, replaced or swapped with their neighbour.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                int replaced = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replaced, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
