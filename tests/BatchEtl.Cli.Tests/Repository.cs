using NUnit.Framework;

namespace BatchEtl.Cli.Tests;

internal static class Repository
{
    /// <summary>The folder of the solution file.</summary>
    public static string Root
    {
        get
        {
            var at = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
            while (!File.Exists(Path.Combine(at.FullName, "BatchEtl.sln")))
            {
                at = at.Parent!;
            }

            return at.FullName;
        }
    }
}
