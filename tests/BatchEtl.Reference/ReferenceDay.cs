using BatchEtl.Reference.Tables;

namespace BatchEtl.Reference;

/// <summary>P2's headline numbers and what else the manifest counts.</summary>
/// <param name="Records">Of the landing folders that start in D, like <paramref name="Rejects"/>, Excluded and BeforeHistory.</param>
/// <param name="Excluded">Per condition of E7.</param>
/// <param name="Duplicates">Those of D by their own time, like Events, Sessions, Actors and Sums.</param>
/// <param name="Sums">Measure → text of the sum over events(D), null where nothing was summed.</param>
/// <param name="HoursHeld">Hours from start(D) on that hold a valid record (A6).</param>
/// <param name="Hours">Hours begun in the day.</param>
public sealed record Headline(
    long Records,
    IReadOnlyDictionary<string, long> Rejects,
    IReadOnlyList<long> Excluded,
    long BeforeHistory,
    long Duplicates,
    long Events,
    long Sessions,
    long Actors,
    IReadOnlyDictionary<string, string?> Sums,
    int HoursHeld,
    int Hours)
{
    public double Completeness => (double)HoursHeld / Hours;
}

/// <summary>What a run of D publishes.</summary>
/// <param name="Refused">Why nothing is published, or null.</param>
/// <param name="Provisional">T3: end(D) + carry_over lies after as_of.</param>
/// <param name="Warnings">What a run warns of (too many too_late, empty files).</param>
public sealed record ReferenceDay(
    DateOnly Day,
    IReadOnlyDictionary<string, ReferenceTable> Tables,
    Headline? Headline,
    string? Refused,
    bool Provisional,
    IReadOnlyList<string> Warnings);
