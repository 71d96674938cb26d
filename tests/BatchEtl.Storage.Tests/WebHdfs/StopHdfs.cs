using BatchEtl.Storage.Tests.WebHdfs;
using NUnit.Framework;

/// <summary>Outside of all namespaces, so that it runs after the last test of the assembly.</summary>
[SetUpFixture]
#pragma warning disable CA1050 // Declared in no namespace: NUnit takes it for the whole assembly.
public sealed class StopHdfs
#pragma warning restore CA1050
{
    [OneTimeTearDown]
    public void Stop() => HdfsCluster.StopShared();
}
