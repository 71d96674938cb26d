using System.Diagnostics.CodeAnalysis;
using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;

namespace BatchEtl.Core.Tests.Configuration;

/// <summary>Small pipeline files for tests: a valid one of known lines, with a section behind it.</summary>
internal static class PipelineText
{
    /// <summary>Lines 1 to 18; what a test adds begins at line 19.</summary>
    public const string Minimal = """
        landing:
          root: landing
          layout: "{yyyy}-{MM}-{dd}/{HH}"
        warehouse:
          root: warehouse
        events:
          event_id: id
          event_name: name
          occurred_at: at
          actor_id: actor
          dimensions:
            country: { path: geo.country, type: text }
            build: { path: app.build, type: bigint }
            platform: app.platform
          measures:
            price: { path: price, type: "decimal(18,2)" }
            speed: { path: speed, type: double }
            width: width

        """;

    public const string Folder = "/files";

    public static Pipeline Load([StringSyntax("yaml")] string added, params string[] sets) =>
        PipelineFile.Parse(Minimal + added, "p.yaml", Folder, sets);

    /// <summary>The messages of a file that is refused, one per line.</summary>
    public static string[] Errors(string text, params string[] sets)
    {
        BatchEtlException error = Assert.Throws<BatchEtlException>(() => PipelineFile.Parse(text, "p.yaml", Folder, sets));
        Assert.That(error.ExitCode, Is.EqualTo(ExitCode.Usage));
        return error.Message.Split('\n');
    }

    /// <summary>The only message of <see cref="Minimal"/> with something behind it.</summary>
    public static string Error(string added, params string[] sets) => Single(Errors(Minimal + added, sets));

    /// <summary>The only message of <see cref="Minimal"/> with one text replaced.</summary>
    public static string ErrorOf(string replaced, string by)
    {
        string text = Minimal.Replace(replaced, by, StringComparison.Ordinal);
        Assert.That(text, Is.Not.EqualTo(Minimal));
        return Single(Errors(text));
    }

    private static string Single(string[] errors)
    {
        Assert.That(errors, Has.Length.EqualTo(1), string.Join('\n', errors));
        return errors[0];
    }
}
