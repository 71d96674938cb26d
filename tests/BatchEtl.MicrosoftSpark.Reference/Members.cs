// The members of the package Microsoft.Spark that jobs/BatchEtl.MicrosoftSpark uses, and no others: names and signatures of
// 2.3.1, and the JVM methods that they call. What the JVM would do is left to ReferenceJvm.
using static Microsoft.Spark.ReferenceJvm;

namespace Microsoft.Spark
{
    /// <summary>The JVM's stack trace, as a message.</summary>
    public class JvmException(string message) : Exception(message);

    /// <summary>Not in the package: what answers in the JVM's place.</summary>
    public static class ReferenceJvm
    {
        /// <summary>A class's name or an object, a method, its arguments → what it returns: an object, a text, or the rows of <c>collect</c>. Throws <see cref="JvmException"/>.</summary>
        public static Func<object, string, object[], object> Answer { get; set; }

        internal static object Call(object target, string method, params object[] arguments)
        {
            try
            {
                return Answer(target, method, arguments);
            }
            catch (JvmException e)
            {
#pragma warning disable CA2201 // As the package does.
                throw new Exception($"JVM method execution failed: Nonstatic method '{method}' failed", e);
#pragma warning restore CA2201
            }
        }
    }
}

namespace Microsoft.Spark.Sql
{
    public sealed class Builder
    {
        private readonly object _jvm = Call("org.apache.spark.sql.SparkSession", "builder");

        internal Builder()
        {
        }

        public Builder AppName(string appName) => Config("spark.app.name", appName);

        public Builder Config(string key, string value)
        {
            Call(_jvm, "config", key, value);
            return this;
        }

        public SparkSession GetOrCreate() => new(Call(_jvm, "getOrCreate"));
    }

    public sealed class SparkSession : IDisposable
    {
        private readonly object _jvm;

        internal SparkSession(object jvm) => _jvm = jvm;

        public static Builder Builder() => new();

        public RuntimeConfig Conf() => new(Call(_jvm, "conf"));

        public DataFrame Sql(string sqlText) => new(Call(_jvm, "sql", sqlText));

        public DataFrameReader Read() => new(Call(_jvm, "read"));

        public void Stop() => Call(_jvm, "stop");

        public void Dispose() => Stop();
    }

    public sealed class RuntimeConfig
    {
        private readonly object _jvm;

        internal RuntimeConfig(object jvm) => _jvm = jvm;

        public void Set(string key, string value) => Call(_jvm, "set", key, value);
    }

    public sealed class DataFrameReader
    {
        private readonly object _jvm;

        internal DataFrameReader(object jvm) => _jvm = jvm;

        public DataFrameReader Format(string source)
        {
            Call(_jvm, "format", source);
            return this;
        }

        public DataFrameReader Option(string key, string value)
        {
            Call(_jvm, "option", key, value);
            return this;
        }

        public DataFrame Load(string path) => new(Call(_jvm, "load", path));

        public DataFrame Load(params string[] paths) => new(Call(_jvm, "load", (object)paths));
    }

    public sealed class DataFrame
    {
        private readonly object _jvm;

        internal DataFrame(object jvm) => _jvm = jvm;

        public DataFrame SelectExpr(params string[] expressions) => new(Call(_jvm, "selectExpr", (object)expressions));

        public void CreateOrReplaceTempView(string viewName) => Call(_jvm, "createOrReplaceTempView", viewName);

        /// <remarks>As in the package, nothing runs before the rows are taken.</remarks>
        public IEnumerable<Row> Collect()
        {
            foreach (var values in (IEnumerable<object[]>)Call(_jvm, "collect"))
            {
                yield return new Row(values);
            }
        }
    }

    public sealed class Row
    {
        private readonly object[] _values;

        internal Row(object[] values) => _values = values;

        public T GetAs<T>(int index) => (T)_values[index];
    }
}
