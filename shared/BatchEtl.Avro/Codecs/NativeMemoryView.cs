using System.Buffers;

namespace BatchEtl.Avro.Codecs;

/// <summary>Shows native memory to libraries that ask for managed memory or a writer. Owns nothing.</summary>
internal sealed unsafe class NativeMemoryView : MemoryManager<byte>, IBufferWriter<byte>
{
    private byte* _pointer;
    private int _length;

    public void Show(byte* pointer, int length)
    {
        _pointer = pointer;
        _length = length;
    }

    public override Span<byte> GetSpan() => new(_pointer, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_pointer + elementIndex);

    public override void Unpin()
    {
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Memory;

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => GetSpan();

    void IBufferWriter<byte>.Advance(int count)
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
