namespace BatchEtl.DuckDb.Tests;

/// <summary>Things cut by one thread and given back by another keep what was written to them, and their memory comes again.</summary>
[TestFixture]
public sealed unsafe class SlabTests
{
    [Test]
    public void ThingsDoNotOverlap()
    {
        var handed = new System.Collections.Concurrent.ConcurrentQueue<(nint Thing, int Bytes, byte Mark)>();
        var faults = 0;
        Parallel.For(0, 4, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 50_000; i++)
            {
                var bytes = random.Next(100) == 0 ? random.Next(1, 200_000) : random.Next(1, 400);
                var thing = Slab.Alloc(bytes);
                var mark = (byte)random.Next(256);
                new Span<byte>(thing, bytes).Fill(mark);
                handed.Enqueue(((nint)thing, bytes, mark));
                if (handed.TryDequeue(out var other) && handed.Count > 1000)
                {
                    faults += new ReadOnlySpan<byte>((void*)other.Thing, other.Bytes).ContainsAnyExcept(other.Mark) ? 1 : 0;
                    Slab.Free((void*)other.Thing, other.Bytes);
                }
                else if (other.Thing != 0)
                {
                    handed.Enqueue(other);
                }
            }
        });
        while (handed.TryDequeue(out var left))
        {
            faults += new ReadOnlySpan<byte>((void*)left.Thing, left.Bytes).ContainsAnyExcept(left.Mark) ? 1 : 0;
            Slab.Free((void*)left.Thing, left.Bytes);
        }

        Slab.Trim();
        Assert.That(faults, Is.Zero);
    }

    [Test]
    public void FreeChunksAreTakenAgain()
    {
        // More than one chunk, so that the first is full and free at the end.
        var things = Enumerable.Range(0, 300).Select(_ => (nint)Slab.Alloc(16 << 10)).ToList();
        things.ForEach(t => Slab.Free((void*)t, 16 << 10));
        var again = Enumerable.Range(0, 300).Select(_ => (nint)Slab.Alloc(16 << 10)).ToList();
        again.ForEach(t => Slab.Free((void*)t, 16 << 10));
        Assert.That(again.Intersect(things), Is.Not.Empty);
    }
}
