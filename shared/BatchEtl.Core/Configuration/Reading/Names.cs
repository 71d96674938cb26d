namespace BatchEtl.Core.Configuration.Reading;

/// <summary>Names that the user gives to columns, cubes, counters and metrics.</summary>
internal static class Names
{
    public static void Check(ReadContext context, string kind, string name, SourcePosition at)
    {
        if (!Literals.IsName(name))
        {
            context.Errors.Add(
                at, $"{kind} name {Quoted.Value(name)}", "a letter, then letters, digits and _, at most 64 in all, such as page_view");
        }
    }
}
