namespace Platform.Worker.Sources.Story;

/// <summary>The products: 200 of them in eight categories, all on sale since before the opening.</summary>
internal sealed class Catalogue
{
    public const int Size = 200;

    public static readonly Labels Categories = new("Audio", "Computing", "Home", "Kitchen", "Lighting", "Office", "Outdoor", "Wellness");

    // Per category: lowest and highest list price in EUR, heaviest weight in grams, cost in per mille of the price.
    private static readonly (int Low, int High, int Grams, int Cost)[] Kinds =
    [
        (25, 320, 3_000, 610), (30, 480, 4_500, 680), (9, 120, 6_000, 520), (8, 190, 5_000, 550),
        (12, 150, 3_500, 500), (5, 260, 9_000, 540), (15, 240, 7_000, 570), (7, 90, 1_500, 450),
    ];

    public Catalogue(ulong key)
    {
        Products = new Product[Size];
        for (var index = 0; index < Size; index++)
        {
            var random = new SplitMix64(SplitMix64.Derive(key, (ulong)index));
            var category = index % Categories.Count;
            var (low, high, grams, cost) = Kinds[category];
            // Many cheap products, few dear ones.
            var price = (low + Math.Min(random.Below(high - low), random.Below(high - low))) * 100L;
            Products[index] = new Product(
                index + 1,
                category,
                price + 99,
                price * random.Between(cost - 60, cost + 60) / 1000,
                random.Between(80, grams),
                Season.Opening.AddDays(-random.Between(30, 900)));
        }
    }

    public Product[] Products { get; }

    /// <summary>List price in EUR cents on a day.</summary>
    public long ListPrice(int index, DateOnly date) => Risen(Products[index].ListPrice, date.Year, perMille: 30);

    /// <summary>Purchase cost in EUR cents on a day.</summary>
    public long UnitCost(int index, DateOnly date) => Risen(Products[index].UnitCost, date.Year, perMille: 25);

    private static long Risen(long cents, int year, int perMille)
    {
        for (var passed = Season.Opening.Year; passed < year; passed++)
        {
            cents = Cents.Share(cents, 1000 + perMille, 1000);
        }

        return cents;
    }
}
