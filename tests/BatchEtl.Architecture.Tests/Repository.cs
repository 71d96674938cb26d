using System.Text.RegularExpressions;

namespace BatchEtl.Architecture.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static partial class Repository
{
    /// <summary>The folder that holds BatchEtl.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Files below a folder of the repository that match a pattern, relative to the root, without build output.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => !BuildOutput().IsMatch(f))
            .Order(StringComparer.Ordinal),
    ];

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BatchEtl.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"expected BatchEtl.sln in a folder above {AppContext.BaseDirectory}, found none");
    }

    [GeneratedRegex("(^|/)(bin|obj)/")]
    private static partial Regex BuildOutput();
}
