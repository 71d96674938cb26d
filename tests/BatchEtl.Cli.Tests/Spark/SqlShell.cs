using System.Diagnostics;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>Spark's and Hive's own SQL command lines against a Hive metastore. Hive is the one whose classes Spark brings (2.3.9, without MapReduce: selections and filters only).</summary>
internal static class SqlShell
{
    private static readonly string[] _opened = ["java.io", "java.lang", "java.lang.reflect", "java.math", "java.net", "java.nio", "java.text", "java.time", "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.util.regex"];

    /// <summary>Runs statements in spark-sql.</summary>
    /// <returns>Rows, tabs between columns.</returns>
    /// <exception cref="InvalidOperationException">A statement failed; with what it wrote.</exception>
    public static string Spark(string metastore, string sql, string folder) => Run(
        folder, sql, Path.Combine(SparkSoftware.Home, "bin", "spark-sql"),
        file => [.. Conf("catalogImplementation", "hive"), .. Conf("session.timeZone", "UTC"), "--conf", $"spark.hadoop.hive.metastore.uris={metastore}", "--conf", "spark.ui.enabled=false", "-f", file]);

    /// <summary>Runs statements in Hive's command line.</summary>
    /// <returns>Rows, tabs between columns.</returns>
    /// <exception cref="InvalidOperationException">A statement failed; with what it wrote.</exception>
    public static string Hive(string metastore, string sql, string folder)
    {
        var conf = Directory.CreateDirectory(Path.Combine(folder, "hive-conf")).FullName;
        File.WriteAllText(Path.Combine(conf, "hive-site.xml"), $"""
            <configuration>
            <property><name>hive.metastore.uris</name><value>{metastore}</value></property>
            <property><name>hive.exec.scratchdir</name><value>{folder}/hive-scratch</value></property>
            <property><name>hive.async.log.enabled</name><value>false</value></property>
            <property><name>hive.cbo.enable</name><value>false</value></property>
            </configuration>
            """);
        return Run(folder, sql, "java", file => [.. _opened.SelectMany(p => new[] { "--add-opens", $"java.base/{p}=ALL-UNNAMED" }), "-cp", $"{conf}:{SparkSoftware.Home}/jars/*", "org.apache.hadoop.hive.cli.CliDriver", "-S", "-f", file]);
    }

    private static string[] Conf(string name, string value) => ["--conf", $"spark.sql.{name}={value}"];

    private static string Run(string folder, string sql, string program, Func<string, string[]> arguments)
    {
        var file = Path.Combine(folder, "statements.sql");
        File.WriteAllText(file, sql);
        using var process = Process.Start(new ProcessStartInfo(program, arguments(file)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(output + error.Result);
    }
}
