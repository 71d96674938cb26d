using BatchEtl.Spark.Gateway;

namespace BatchEtl.Spark.Tests.Gateway;

/// <summary>Spark's errors keep the message and the cause and lose the frames and plans.</summary>
public sealed class SparkFailureTests
{
    [Test]
    public void AnExecutorsErrorKeepsItsCause() => Assert.That(
        SparkFailure.Text(
        [
            """
            org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 1 times, most recent failure: Lost task 0.0 in stage 3.0 (TID 3) (127.0.0.1 executor driver): org.apache.spark.SparkException: Encountered error while reading file file:///x.avro.
            	at org.apache.spark.sql.errors.QueryExecutionErrors$.cannotReadFilesError(QueryExecutionErrors.scala:863)
            	at java.base/java.lang.Thread.run(Thread.java:840)
            Caused by: org.apache.avro.AvroRuntimeException: java.io.IOException: Invalid sync!
            	at org.apache.avro.file.DataFileStream.hasNext(DataFileStream.java:238)
            	... 25 more
            Caused by: java.io.IOException: Invalid sync!
            	... 43 more

            Driver stacktrace:
            """,
        ]),
        Is.EqualTo("""
            org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0 failed 1 times, most recent failure: Lost task 0.0 in stage 3.0 (TID 3) (127.0.0.1 executor driver): org.apache.spark.SparkException: Encountered error while reading file file:///x.avro.
            Caused by: org.apache.avro.AvroRuntimeException: java.io.IOException: Invalid sync!
            Caused by: java.io.IOException: Invalid sync!
            """));

    [Test]
    public void AnAnalysisErrorLosesItsPlan() => Assert.That(
        SparkFailure.Text(["org.apache.spark.sql.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found.; line 18 pos 95;\n'Project [*]\n+- 'UnresolvedRelation [x]"]),
        Is.EqualTo("org.apache.spark.sql.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found.; line 18 pos 95"));

    [Test]
    public void TheInnermostCauseOfAChainIsTold() =>
        Assert.That(SparkFailure.Text(["a: x", "b: y", "c: z"]), Is.EqualTo("a: x; caused by c: z"));
}
