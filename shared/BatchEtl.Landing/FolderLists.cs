using BatchEtl.Core.Storage;

namespace BatchEtl.Landing;

/// <summary>
/// Lists the folders below a root. On a remote store, where each question takes its time, a folder that its parent's list
/// does not have is not asked for: most folders of a long lateness are not there.
/// </summary>
internal sealed class FolderLists(IStore store, string root)
{
    private readonly Dictionary<string, IReadOnlyList<StoreEntry>?> _known = new(StringComparer.Ordinal);

    /// <summary>The entries of a folder, null where there is none.</summary>
    /// <param name="folder">Relative to the root; empty = the root itself.</param>
    public IReadOnlyList<StoreEntry>? this[string folder]
    {
        get
        {
            if (!_known.TryGetValue(folder, out var entries))
            {
                entries = MayBeThere(folder) ? store.List(folder.Length == 0 ? root : $"{root}/{folder}") : null;
                _known[folder] = entries;
            }

            return entries;
        }
    }

    private bool MayBeThere(string folder)
    {
        if (store is not IRemoteStore || folder.Length == 0)
        {
            return true;
        }

        var slash = folder.LastIndexOf('/');
        var name = folder[(slash + 1)..];
        return this[slash < 0 ? "" : folder[..slash]]?.Any(e => e.Name == name) == true;
    }
}
