namespace Platform.Worker.Sources.Story;

/// <summary>What the carrier charges.</summary>
internal static class Shipping
{
    public static readonly Labels Carriers = new("Aquila", "Borealis", "Corvus", "Delphin");

    // Price level of each carrier, per mille.
    private static readonly int[] Levels = [1100, 1000, 820, 950];

    /// <summary>Cost of an order's shipment in EUR cents: a base, a price per kilogram, more overseas.</summary>
    public static long Cost(Order order, Timeline timeline)
    {
        var cents = 290 + Cents.Share(order.Grams, 28, 1000);
        return Cents.Share(cents, Levels[timeline.Carrier] * (order.Country.IsOverseas ? 14 : 10), 10_000);
    }
}
