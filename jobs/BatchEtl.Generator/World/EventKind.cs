namespace BatchEtl.Generator.World;

/// <summary>The events of the marketplace, in the order of <see cref="Vocabulary.Names"/>.</summary>
internal enum EventKind : byte
{
    PageView,
    Search,
    ItemView,
    AddToCart,
    Checkout,
    Purchase,
    ItemListed,
    MessageSent,
}
