using BatchEtl.Core.Configuration;

namespace BatchEtl.Core.Tests.Configuration;

public class PipelineFileTests
{
    private static readonly string Files = Path.Combine(TestContext.CurrentContext.TestDirectory, "Configuration", "Files");

    [Test]
    public void Reads_the_example_of_the_documentation()
    {
        Pipeline pipeline = PipelineFile.Load("example.yaml", [], Files);
        Assert.That(pipeline.Name, Is.EqualTo("marketplace"));
    }

    [Test]
    public void Reads_json()
    {
        Pipeline pipeline = PipelineFile.Load("snowplow.json", [], Files);
        Assert.That(pipeline.Name, Is.EqualTo("snowplow"));
    }
}
