using System.Globalization;

namespace BatchEtl.Spark.Gateway;

/// <summary>Where a gateway listens, on this machine only, and what guards it.</summary>
public sealed record GatewayAddress(int Port, string Secret)
{
    /// <summary>The environment variable that holds the port where spark-submit started us.</summary>
    internal const string PortVariable = "PYSPARK_GATEWAY_PORT";

    /// <summary>The gateway of the spark-submit that started this process as its driver program, or null.</summary>
    /// <exception cref="SparkException">The environment holds half of it.</exception>
    public static GatewayAddress? OfEnvironment(Func<string, string?> variable)
    {
        var (port, secret) = (variable(PortVariable), variable("PYSPARK_GATEWAY_SECRET"));
        if (port is null)
        {
            return null;
        }

        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && !string.IsNullOrEmpty(secret)
            ? new GatewayAddress(number, secret)
            : throw new SparkException($"expected a port in PYSPARK_GATEWAY_PORT and a secret in PYSPARK_GATEWAY_SECRET, found '{port}' and {(string.IsNullOrEmpty(secret) ? "none" : "one")}");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");
}
