namespace BatchEtl.Core.Storage;

/// <summary>A store whose files this machine's programs can't open by their paths: they are fetched and sent, or read by ranges.</summary>
public interface IRemoteStore : IStore
{
    /// <summary>Copies a file to a local path, replacing what lies there.</summary>
    void Fetch(string path, string localFile);

    /// <summary>Copies a local file to a path where nothing is.</summary>
    void Send(string localFile, string path);

    /// <summary>A file's length in bytes.</summary>
    long Length(string path);

    /// <summary>Reads up to the buffer's length from an offset; 0 only at the end.</summary>
    int Read(string path, long offset, Memory<byte> buffer);
}
