using NUnit.Framework;

namespace BatchEtl.Reference.Tests;

/// <summary>Event sets with expected tables lie outside the repository.</summary>
internal static class SharedCases
{
    /// <summary>A folder of the shared cases; ignores the running test where there is none.</summary>
    public static string Folder(string name)
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("BATCH_ETL_SHARED") };
        for (var at = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); at is not null; at = at.Parent)
        {
            candidates.Add(Path.Combine(at.FullName, "shared"));
        }

        var found = candidates.Where(c => c is not null).Select(c => Path.Combine(c!, "cases", name)).FirstOrDefault(Directory.Exists);
        if (found is null)
        {
            Assert.Ignore($"no folder cases/{name}: set BATCH_ETL_SHARED to the folder that has it, or put it into a folder named shared beside the repository");
        }

        return found!;
    }
}
