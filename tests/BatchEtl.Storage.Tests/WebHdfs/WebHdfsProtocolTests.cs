using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BatchEtl.Core.Errors;
using BatchEtl.Storage.WebHdfs;

namespace BatchEtl.Storage.Tests.WebHdfs;

/// <summary>What a real HDFS of one NameNode can't show: standby, tokens, HTTPS, answers that get lost.</summary>
public sealed class WebHdfsProtocolTests
{
    private const string Folder = """{"FileStatus":{"pathSuffix":"","type":"DIRECTORY","length":0,"modificationTime":1}}""";
    private const string Empty = """{"FileStatuses":{"FileStatus":[]}}""";
    private const string Yes = """{"boolean":true}""";

    [Test]
    public void A_standby_sends_us_to_the_other_NameNode_where_we_stay()
    {
        using var standby = new FakeHdfs(_ => Answer.No(403, "StandbyException", "Operation category READ is not supported in state standby"));
        using var active = new FakeHdfs(_ => new Answer(200, Empty));
        var store = Store([standby.Address, active.Address]);
        Assert.That(store.List("hdfs://ha/x"), Is.Empty);
        Assert.That(store.List("hdfs://ha/y"), Is.Empty);
        Assert.That((standby.Asked.Count, active.Asked.Count), Is.EqualTo((1, 2)));
    }

    [Test]
    public void A_NameNode_that_is_down_sends_us_to_the_other()
    {
        using var active = new FakeHdfs(_ => new Answer(200, Empty));
        Assert.That(Store([Closed(), active.Address]).List("hdfs://ha/x"), Is.Empty);
    }

    [Test]
    public void A_lock_and_a_file_are_made_through_a_failover_too()
    {
        using var standby = new FakeHdfs(_ => Answer.No(403, "StandbyException"));
        FakeHdfs active = null!;
        using var made = active = new FakeHdfs(asked => asked.Contains("op=CREATE", StringComparison.Ordinal) && !asked.Contains("/data/", StringComparison.Ordinal)
            ? new Answer(307, "", $"{active.Address}data/{asked[5..]}")
            : new Answer(200, Yes));
        using var client = new WebHdfsClient(Options([standby.Address, active.Address]));
        Assert.That(client.Create("/x", () => new ByteArrayContent([]), overwrite: false));
        Assert.That(standby.Asked, Has.Count.EqualTo(1));
    }

    [Test]
    public void With_all_NameNodes_away_the_error_names_path_address_and_cause()
    {
        var closed = Closed();
        Hdfs.Refuses(
            () => Store([closed, Closed()], failure: ExitCode.Input).List("hdfs://ha/x"),
            ExitCode.Input,
            "hdfs://ha/x: cannot list the folder: http://localhost:", "can't be reached: Connection refused", "HADOOP_CONF_DIR");
    }

    [Test]
    public void A_token_goes_into_the_query_and_no_user_and_never_into_an_error()
    {
        using var server = new FakeHdfs(_ => Answer.No(403, "InvalidToken", "token is expired"));
        Hdfs.Refuses(() => Store([server.Address], token: "se+cret/=").List("hdfs://nn/x"), ExitCode.Engine, "token is expired", "BATCH_ETL_HDFS_TOKEN");
        Assert.That(server.Asked, Is.EqualTo(new[] { "GET /webhdfs/v1/x?op=LISTSTATUS&delegation=se%2Bcret%2F%3D" }));
        server.Dispose();
        var error = Assert.Throws<BatchEtlException>(() => Store([server.Address], token: "se+cret/=").List("hdfs://nn/x"));
        Assert.That(error!.ToString(), Does.Not.Contain("se+cret").And.Not.Contain("se%2Bcret"));
    }

    [Test]
    public void Without_a_token_the_user_is_named()
    {
        using var server = new FakeHdfs(_ => new Answer(200, Empty));
        Store([server.Address]).List("hdfs://nn/a b/ą");
        Assert.That(server.Asked, Is.EqualTo(new[] { "GET /webhdfs/v1/a%20b/%C4%85?op=LISTSTATUS&user.name=me" }));
    }

    [Test]
    public void A_server_that_wants_to_know_who_asks_is_told_by_a_token()
    {
        using var server = new FakeHdfs(_ => new Answer(401, "<html>Authentication required</html>"));
        Hdfs.Refuses(() => Store([server.Address]).List("hdfs://nn/x"), ExitCode.Engine, "HTTP 401", "BATCH_ETL_HDFS_TOKEN");
    }

    [Test]
    [Platform("Linux")] // Elsewhere what is trusted is not in a file.
    public void HTTPS_works_with_a_trusted_certificate_and_names_the_cause_with_another()
    {
        using var folder = new TemporaryFolder();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        using var server = new FakeHdfs(_ => new Answer(200, Empty), certificate);
        Hdfs.Refuses(() => Store([server.Address]).List("swebhdfs://nn/x"), ExitCode.Engine, "https://localhost:", "certificate");
        File.WriteAllText($"{folder.Path}/ca.pem", made.ExportCertificatePem());
        using var process = PublishingProcess.Start("list", $"swebhdfs://localhost:{server.Address.Port}/x", "", trusted: $"{folder.Path}/ca.pem");
        Assert.That(process.StandardOutput.ReadToEnd(), Is.EqualTo("found 0\n"));
        Assert.That(WebHdfsOptions.Of($"swebhdfs://localhost:{server.Address.Port}/x", _ => null).NameNodes, Is.EqualTo(new[] { server.Address }));
    }

    [TestCase(503, "HTML", 4)]
    [TestCase(502, "HTML", 4)]
    [TestCase(429, "HTML", 4)]
    [TestCase(403, "SafeModeException", 4)]
    [TestCase(403, "RetriableException", 4)]
    [TestCase(403, "ConnectException", 4)]
    [TestCase(403, "EOFException", 4)]
    [TestCase(403, "AccessControlException", 1)]
    [TestCase(500, "RuntimeException", 1)]
    [TestCase(400, "IllegalArgumentException", 1)]
    [TestCase(404, "HTML", 1)]
    public void Only_what_may_pass_is_asked_again(int status, string kind, int times)
    {
        using var server = new FakeHdfs(_ => kind == "HTML" ? new Answer(status, "<html>") : Answer.No(status, kind));
        Assert.Throws<BatchEtlException>(() => Store([server.Address]).Exists("hdfs://nn/x"));
        Assert.That(server.Asked, Has.Count.EqualTo(times));
    }

    [Test]
    public void A_rename_whose_answer_was_lost_is_looked_up_before_it_is_repeated()
    {
        var renamed = false;
        using var server = new FakeHdfs(asked =>
        {
            if (asked.Contains("op=RENAME", StringComparison.Ordinal))
            {
                (var first, renamed) = (!renamed, true);
                return first ? Answer.Drop : Answer.No(404, "FileNotFoundException");
            }

            return asked.Contains("/from?", StringComparison.Ordinal) ? Answer.No(404, "FileNotFoundException") : new Answer(200, Folder);
        });
        Assert.DoesNotThrow(() => Store([server.Address]).Move("hdfs://nn/from", "hdfs://nn/to"));
        Assert.That(server.Asked.Count(a => a.Contains("op=RENAME", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(server.Asked[0], Is.EqualTo("PUT /webhdfs/v1/from?op=RENAME&user.name=me&destination=%2Fto&renameoptions=NONE"));
    }

    [Test]
    public void A_DataNode_that_fails_is_left_out_of_the_next_try_and_reading_goes_on_where_it_broke_off()
    {
        using var broken = new FakeHdfs(_ => new Answer(200, "0123", Length: 10));
        using var good = new FakeHdfs(asked => new Answer(200, "0123456789"[int.Parse(asked.Split("offset=")[1])..]));
        using var server = new FakeHdfs(asked =>
        {
            var to = !asked.Contains("excludedatanodes", StringComparison.Ordinal) ? broken : good;
            return new Answer(307, "", $"{to.Address}data?offset={asked.Split("offset=")[1].Split('&')[0]}");
        });
        using var local = new TemporaryFolder();
        Store([server.Address]).Fetch("hdfs://nn/x", $"{local.Path}/x");
        Assert.That(File.ReadAllText($"{local.Path}/x"), Is.EqualTo("0123456789"));
        Assert.That(server.Asked[1], Does.Contain("offset=4").And.EndsWith($"excludedatanodes=localhost%3A{broken.Address.Port}"));
    }

    [Test]
    public void Another_server_than_HDFS_is_an_error_that_says_so()
    {
        using var server = new FakeHdfs(_ => new Answer(200, "<html>Welcome</html>"));
        Hdfs.Refuses(() => Store([server.Address]).List("webhdfs://nn/x"), ExitCode.Engine, "expected WebHDFS's answer, found <html>Welcome</html>");
    }

    [Test]
    public void A_server_that_falls_silent_is_not_waited_for_without_end()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(); // Connects, never answers.
        using var client = new WebHdfsClient(Options([new Uri($"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}")]) with { Idle = TimeSpan.FromMilliseconds(200), Retries = 1 });
        Assert.That(() => client.Status("/x"), Throws.TypeOf<HttpRequestException>().With.Message.Contains("no answer in time"));
        listener.Stop();
    }

    [Test]
    public void NameNodes_of_a_nameservice_come_from_Hadoops_settings()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText($"{folder.Path}/hdfs-site.xml", """
            <configuration>
              <property><name>dfs.ha.namenodes.prod</name><value>nn1, nn2</value></property>
              <property><name>dfs.namenode.http-address.prod.nn1</name><value>a:9870</value></property>
              <property><name>dfs.namenode.http-address.prod.nn2</name><value>b:9870</value></property>
              <property><name>dfs.namenode.https-address.prod.nn1</name><value>a:9871</value></property>
              <property><name>dfs.namenode.https-address.prod.nn2</name><value>b:9871</value></property>
            </configuration>
            """);
        var options = WebHdfsOptions.Of("hdfs://prod/x", v => v switch { "HADOOP_CONF_DIR" => folder.Path, "HADOOP_USER_NAME" => "etl", "BATCH_ETL_HDFS_TOKEN" => "t", _ => null });
        Assert.That(options.NameNodes, Is.EqualTo(new[] { new Uri("http://a:9870"), new Uri("http://b:9870") }));
        Assert.That((options.User, options.Token), Is.EqualTo(("etl", "t")));
        Assert.That(WebHdfsOptions.Of("hdfs://nn:8020/x", _ => null).NameNodes, Is.EqualTo(new[] { new Uri("http://nn:9870") }));
        Assert.That(WebHdfsOptions.Of("webhdfs://a:1,b:2/x", _ => null).NameNodes, Is.EqualTo(new[] { new Uri("http://a:1"), new Uri("http://b:2") }));
        Hdfs.Refuses(() => WebHdfsOptions.Of("hdfs:///x", _ => null), ExitCode.Usage, "hdfs:///x: expected hdfs://NAMENODE:PORT/path");
    }

    private static WebHdfsOptions Options(IReadOnlyList<Uri> nodes, string? token = null) => new(nodes, "me", token) { Retries = 3 };

    private static WebHdfsStore Store(IReadOnlyList<Uri> nodes, string? token = null, ExitCode failure = ExitCode.Engine) => new(Options(nodes, token), failure);

    /// <summary>An address where nothing listens.</summary>
    private static Uri Closed()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        return address;
    }
}
