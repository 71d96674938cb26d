using BatchEtl.Core.Errors;
using BatchEtl.Core.Publishing;
using BatchEtl.Core.Tables;

namespace BatchEtl.Core.Tests.Publishing;

/// <summary>tables.md, "The manifest".</summary>
public class ManifestTests
{
    private static readonly Manifest _manifest = Days.Manifest("r1", Days.Second) with
    {
        AsOf = new DateTimeOffset(2026, 2, 2, 5, 0, 0, 120, TimeSpan.FromHours(2)),
        Provisional = true,
        Settings = new Dictionary<string, string> { ["zone"] = "Europe/Vilnius", ["duplicates"] = "1h" },
        Types = new Dictionary<string, string> { ["price"] = "decimal(18,2)" },
        Counts = new ManifestCounts
        {
            Records = 9,
            Rejects = new Dictionary<string, long> { ["too_late"] = 1, ["bad_time"] = 2 },
            Excluded = [0, 4],
            Sums = new Dictionary<string, string?> { ["price"] = "12.50", ["none"] = null },
        },
        Completeness = 0.5,
        HoursSeen = [0, 3],
        Hours = 4,
        Inputs =
        [
            new ManifestInput("ą/x.avro", 10, 9, true, new Dictionary<DateOnly, long> { [Days.Second] = 5, [Days.First] = 4 }) { Modified = new DateTimeOffset(2026, 2, 1, 0, 30, 0, TimeSpan.Zero), Warnings = ["w"] },
        ],
        Lost = [new ManifestLoss("x.avro", 17, 20, "no sync marker")],
        Read = [new ManifestRead("sessions", Days.First, "r0")],
        Versions = new DayVersions("r0", "r1", "r1"),
        Expired = new Dictionary<string, string> { ["rejects"] = "r2" },
        Erasures = [new ManifestErasure("r3", new Dictionary<string, long> { ["events"] = 1 })],
        Tables = new Dictionary<string, ManifestTable> { ["events"] = new(3, [new ManifestFile("part-000-r1.parquet", 99, "xxh128:00")]) },
        Checks = [new ManifestCheck("events", "rows_drop", CheckSeverity.Warn, true, 0.10m), new ManifestCheck("events", "sum", CheckSeverity.Fail, true, null)],
        Seconds = new Dictionary<string, double> { ["read"] = 1.25 },
    };

    [Test]
    public void The_form_is_that_of_tables_md() => Assert.That(ManifestText.Of(_manifest), Is.EqualTo("""
        {
          "day": "2026-02-01",
          "run_id": "r1",
          "as_of": "2026-02-02T03:00:00.12Z",
          "provisional": true,
          "engine": "none",
          "program_version": "1",
          "history_start": "2026-01-31",
          "settings": {
            "duplicates": "1h",
            "zone": "Europe/Vilnius"
          },
          "types": {
            "price": "decimal(18,2)"
          },
          "configuration": null,
          "counts": {
            "records": 9,
            "rejects": {
              "bad_time": 2,
              "too_late": 1
            },
            "excluded": [
              0,
              4
            ],
            "before_history": 0,
            "erased": 0,
            "duplicates": 0,
            "events": 0,
            "sessions": 0,
            "actors": 0,
            "sums": {
              "none": null,
              "price": "12.50"
            }
          },
          "completeness": 0.5,
          "hours_seen": [
            0,
            3
          ],
          "hours": 4,
          "inputs": [
            {
              "file": "ą/x.avro",
              "bytes": 10,
              "records": 9,
              "input": true,
              "days": {
                "2026-01-31": 4,
                "2026-02-01": 5
              },
              "modified": "2026-02-01T00:30:00Z",
              "warnings": [
                "w"
              ]
            }
          ],
          "lost": [
            {
              "file": "x.avro",
              "position": 17,
              "bytes": 20,
              "why": "no sync marker"
            }
          ],
          "skipped": [],
          "not_landed": [],
          "unprocessed": [],
          "read": [
            {
              "table": "sessions",
              "day": "2026-01-31",
              "run_id": "r0"
            }
          ],
          "versions": {
            "sessions": "r0",
            "events": "r1",
            "chain": "r1"
          },
          "expired": {
            "rejects": "r2"
          },
          "erasures": [
            {
              "run_id": "r3",
              "rows": {
                "events": 1
              }
            }
          ],
          "tables": {
            "events": {
              "rows": 3,
              "files": [
                {
                  "name": "part-000-r1.parquet",
                  "bytes": 99,
                  "checksum": "xxh128:00"
                }
              ]
            }
          },
          "checks": [
            {
              "table": "events",
              "check": "rows_drop",
              "severity": "warn",
              "passed": true,
              "found": "0.10"
            },
            {
              "table": "events",
              "check": "sum",
              "severity": "fail",
              "passed": true,
              "found": null
            }
          ],
          "warnings": [],
          "seconds": {
            "read": 1.25
          }
        }

        """));

    [Test]
    public void What_is_written_is_read_and_unknown_fields_are_ignored()
    {
        var text = ManifestText.Of(_manifest);
        Assert.That(ManifestText.Of(ManifestText.Parse(text, "m")), Is.EqualTo(text));
        Assert.That(ManifestText.Of(ManifestText.Parse("{\"later\": [1]," + text[1..], "m")), Is.EqualTo(text));
    }

    [Test]
    public void Fields_that_an_older_program_did_not_write_have_their_defaults()
    {
        var read = ManifestText.Parse(
            """{"day":"2026-02-01","run_id":"r","as_of":"2026-02-02T00:00:00Z","engine":"e","program_version":"0","history_start":"2026-02-01","counts":{"records":1}}""", "m");
        Assert.That((read.Tables.Count, read.Inputs.Count, read.Counts.Rejects.Count, read.Counts.Records, read.Provisional), Is.EqualTo((0, 0, 0, 1, false)));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("{\"day\": 3}")]
    [TestCase("""{"day":"2026-02-01","run_id":null,"as_of":"2026-02-02T00:00:00Z","engine":"e","program_version":"0","history_start":"2026-02-01","counts":{}}""")]
    public void Damaged_text_is_an_error_with_its_path(string text)
    {
        var error = Assert.Throws<BatchEtlException>(() => ManifestText.Parse(text, "/w/_manifests/dt=2026-02-01.json"));
        Assert.That(error.ExitCode, Is.EqualTo(ExitCode.Engine));
        Assert.That(error.Message, Does.StartWith("/w/_manifests/dt=2026-02-01.json: expected a file that this program wrote, found damaged JSON: "));
    }
}
