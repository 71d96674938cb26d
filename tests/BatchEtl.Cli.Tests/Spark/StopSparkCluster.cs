using NUnit.Framework;

namespace BatchEtl.Cli.Tests.Spark;

/// <summary>Stops the clusters after the namespace's last test.</summary>
[SetUpFixture]
public sealed class StopSparkCluster
{
    [OneTimeTearDown]
    public void Stop() => SparkCluster.StopShared();
}
