using NUnit.Framework;

namespace BatchEtl.Jobs.Tests.Conformance;

public sealed class SparkProgressTests
{
    [Test]
    public void TasksOfRunningStagesAreCounted()
    {
        var session = SparkDriver.Session;
        Assert.That(session.Tasks(), Is.Null);
        var query = Task.Run(() => session.Rows("SELECT sum(length(sha2(CAST(id AS STRING), 512))) AS n FROM range(0, 6000000, 1, 8)"));
        (int Done, int All)? seen = null;
        while (!query.IsCompleted && seen is null or { Done: 0 })
        {
            seen = session.Tasks() ?? seen;
        }

        Assert.That(query.Result.Rows, Has.Count.EqualTo(1));
        Assert.That(seen, Is.Not.Null);
        Assert.That(seen!.Value.All, Is.GreaterThanOrEqualTo(8));
        Assert.That(seen.Value.Done, Is.InRange(0, seen.Value.All));
        Assert.That(session.Tasks(), Is.Null);
    }
}
