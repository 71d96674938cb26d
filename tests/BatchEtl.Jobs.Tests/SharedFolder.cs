using NUnit.Framework;

namespace BatchEtl.Jobs.Tests;

/// <summary>Event sets and files of others lie outside the repository.</summary>
internal static class SharedFolder
{
    /// <summary>A folder below the shared one; ignores the running test where there is none.</summary>
    public static string Of(string name)
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("BATCH_ETL_SHARED") };
        for (var at = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); at is not null; at = at.Parent)
        {
            candidates.Add(Path.Combine(at.FullName, "shared"));
        }

        var found = candidates.OfType<string>().Select(c => Path.Combine(c, name)).FirstOrDefault(Directory.Exists);
        if (found is null)
        {
            Assert.Ignore($"no folder {name}: set BATCH_ETL_SHARED to the folder that has it, or put it into a folder named shared beside the repository");
        }

        return found!;
    }
}
