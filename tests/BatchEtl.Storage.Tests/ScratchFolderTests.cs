namespace BatchEtl.Storage.Tests;

/// <summary>Folders for copies: the living keep theirs, the dead leave none.</summary>
public sealed class ScratchFolderTests
{
    [Test]
    public void The_next_removes_what_a_killed_process_left_and_nothing_of_the_living()
    {
        using var parent = new TemporaryFolder();
        Directory.CreateDirectory($"{parent.Path}/batch-etl-copies-dead/deep");
        File.WriteAllText($"{parent.Path}/batch-etl-copies-dead.lock", "");
        File.WriteAllText($"{parent.Path}/batch-etl-copies-folderless.lock", "");
        using (var living = new ScratchFolder(parent.Path))
        {
            File.WriteAllText($"{living.Path}/copy", "x");
            using var next = new ScratchFolder(parent.Path);
            Assert.That(File.ReadAllText($"{living.Path}/copy"), Is.EqualTo("x"));
            Assert.That(Directory.GetDirectories(parent.Path), Is.EquivalentTo(new[] { living.Path, next.Path }));
            Assert.That(Directory.GetFiles(parent.Path), Has.Length.EqualTo(2));
        }

        Assert.That(Directory.GetFileSystemEntries(parent.Path), Is.Empty);
    }
}
