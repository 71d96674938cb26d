using BatchEtl.Core.Configuration;
using BatchEtl.Core.Errors;
using BatchEtl.Core.Landing;
using BatchEtl.Core.Storage;
using BatchEtl.Core.Time;

namespace BatchEtl.Landing;

/// <summary>What a listing of landing folders found.</summary>
/// <param name="NotLanded">Folders without the done flag.</param>
/// <param name="Topics">All wanted topics that were seen; one null where the layout has none.</param>
public sealed record Listing(IReadOnlyList<FoundFile> Files, IReadOnlyList<LandedFolder> NotLanded, IReadOnlyList<string?> Topics);

/// <summary>The landing folders of a pipeline (E5).</summary>
public sealed class LandingArea
{
    private readonly LandingOptions _options;
    private readonly IStore _store;
    private readonly Glob _glob;
    private readonly HashSet<string> _skipped;

    public LandingArea(LandingOptions options, IStore store)
    {
        (_options, _store) = (options, store);
        Layout = LandingLayout.Parse(options.Layout, options.Zone);
        _glob = Glob.Parse(options.Files);
        _skipped = [.. options.SkipFiles];
    }

    public LandingLayout Layout { get; }

    /// <summary>The landed files of folders that overlap a window, ordered by relative path.</summary>
    /// <exception cref="BatchEtlException">The root is missing or a folder can't be listed (Input).</exception>
    public Listing List(Window window)
    {
        var lists = new FolderLists(_store, _options.Root);
        if (lists[""] is null)
        {
            throw BatchEtlException.Input($"landing.root: expected a folder, found nothing at {_options.Root}");
        }

        var files = new List<FoundFile>();
        var waiting = new List<LandedFolder>();
        var topics = new HashSet<string?>();
        foreach (var prefix in Layout.PrefixesOverlapping(window))
        {
            foreach (var folder in Folders(prefix, lists))
            {
                topics.Add(folder.Topic);
                AddFiles(folder, lists, files, waiting);
            }
        }

        files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
        return new Listing(files, waiting, [.. topics]);
    }

    private IEnumerable<LandedFolder> Folders(FolderPrefix prefix, FolderLists lists)
    {
        if (prefix.TopicFolder is null)
        {
            return [LandingLayout.Folder(prefix, null)];
        }

        if (_options.Topics is { } wanted)
        {
            return wanted.Select(topic => LandingLayout.Folder(prefix, topic));
        }

        return (lists[prefix.Before] ?? [])
            .Where(e => e.IsFolder)
            .Select(e => Layout.TopicOf(e.Name))
            .OfType<string>()
            .Select(topic => LandingLayout.Folder(prefix, topic));
    }

    private void AddFiles(LandedFolder folder, FolderLists lists, List<FoundFile> files, List<LandedFolder> waiting)
    {
        var path = $"{_options.Root}/{folder.Path}";
        var entries = lists[folder.Path];
        if (_options.DoneFlag is { } flag && entries?.Any(e => !e.IsFolder && e.Name == flag) != true)
        {
            waiting.Add(folder);
            return;
        }

        foreach (var entry in entries ?? [])
        {
            var relative = $"{folder.Path}/{entry.Name}";
            if (!_glob.IsMatch(entry.Name) || _skipped.Contains(relative))
            {
                continue;
            }

            if (entry.IsFolder)
            {
                throw BatchEtlException.Input($"{path}/{entry.Name}: expected a file, found a folder; remove it or name it in landing.skip_files");
            }

            files.Add(new FoundFile(relative, $"{path}/{entry.Name}", entry.Bytes, entry.Modified, folder));
        }
    }
}
