namespace BatchEtl.Core.Storage;

/// <summary>A lock that is held; disposing gives it back.</summary>
public interface IStoreLock : IDisposable
{
    /// <summary>
    /// Makes sure that nobody has taken the lock over, which some stores let others do when its holder slept too long. To be
    /// called right before something is done that only the holder may do.
    /// </summary>
    /// <exception cref="Errors.BatchEtlException">It was taken over (Refused), or the store failed.</exception>
    void Verify();
}
