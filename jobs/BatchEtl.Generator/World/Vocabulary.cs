using System.Text;

namespace BatchEtl.Generator.World;

/// <summary>The words of the marketplace, as text and as the UTF-8 that is written.</summary>
internal static class Vocabulary
{
    public static readonly byte[][] Names =
        Utf8("page_view", "search", "item_view", "add_to_cart", "checkout", "purchase", "item_listed", "message_sent");

    public static readonly byte[][] Platforms = Utf8("web", "android", "ios", "bot");

    public static readonly byte[][] Countries = Utf8(
        "LT", "DE", "FR", "PL", "ES", "IT", "NL", "BE", "LV", "EE", "CZ", "AT", "SE", "FI", "PT", "IE", "GB", "US");

    /// <summary>Traffic sources; the first stands for none.</summary>
    public static readonly byte[][] Sources =
        Utf8("", "google", "facebook", "instagram", "newsletter", "tiktok", "partner", "bing", "pinterest");

    public static readonly byte[][] Categories = Utf8(
        "women/dresses", "women/shoes", "women/bags", "women/coats", "men/shirts", "men/shoes", "men/jackets", "kids/toys",
        "kids/clothing", "home/decor", "home/kitchen", "electronics/phones", "electronics/audio", "books", "sports/outdoor", "beauty");

    // As in the address of an item: after its number.
    private static readonly byte[][] Slugs = [.. Categories.Select(c => (byte[])[(byte)'-', .. c.Select(b => b == '/' ? (byte)'-' : b)])];

    public static readonly byte[][] AppVersions = Utf8("7.41.0", "7.41.2", "7.42.0", "8.0.1");

    private static readonly byte[][] Paths = Utf8("/", "/search?q=", "/item/", "/item/", "/checkout", "/order/confirmation", "/sell/new", "/inbox/");

    private static readonly byte[] CountryOf = Spread(255, 34, 12, 11, 9, 6, 6, 4, 3, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1);
    private static readonly byte[] SourceOf = Spread(255, 42, 20, 9, 9, 6, 6, 4, 2, 2);
    private static readonly byte[] CategoryOf = Spread(255, 15, 11, 9, 7, 8, 8, 5, 6, 7, 5, 4, 4, 3, 3, 3, 2);

    public static byte Country(ulong draw) => CountryOf[(int)(draw & 255)];

    public static byte Source(ulong draw) => SourceOf[(int)(draw & 255)];

    public static byte Category(ulong draw) => CategoryOf[(int)(draw & 255)];

    /// <summary>Whether an event of the kind has a category, a price and a quantity.</summary>
    public static bool IsAboutItem(EventKind kind) =>
        kind is EventKind.ItemView or EventKind.AddToCart or EventKind.Checkout or EventKind.Purchase or EventKind.ItemListed;

    /// <summary>Whether an item's number stands between the two parts of <see cref="Page"/>.</summary>
    public static bool HasNumber(EventKind kind) => kind is EventKind.ItemView or EventKind.AddToCart or EventKind.MessageSent;

    /// <summary>The page on which an event happens: what goes before the item's number, and what after.</summary>
    public static (byte[] Before, byte[] After) Page(EventKind kind, int item) => (Paths[(int)kind], kind switch
    {
        EventKind.PageView => (item & 3) == 0 ? [] : Categories[Item.Category(item)],
        EventKind.Search or EventKind.ItemView or EventKind.AddToCart => Slugs[Item.Category(item)],
        _ => [],
    });

    /// <summary>A table of last + 1 indices, as frequent as their weights.</summary>
    public static byte[] Spread(int last, params double[] weights)
    {
        var shares = TrafficCurve.Apportion(last + 1, weights);
        return [.. shares.SelectMany((share, i) => Enumerable.Repeat((byte)i, (int)share))];
    }

    private static byte[][] Utf8(params string[] words) => [.. words.Select(Encoding.UTF8.GetBytes)];
}
