namespace Platform.Worker.Sources.Story;

/// <summary>
/// When what happens to an order, in days after it. Drawn from the order's key alone, so that what happens on a day is found by asking the
/// orders of the days before it: <see cref="LongestDelivery"/>, <see cref="LongestReturn"/> and <see cref="LongestPayment"/> say how far
/// back.
/// </summary>
/// <param name="Shipped">Shipped and invoiced.</param>
/// <param name="Delivered">Arrived.</param>
/// <param name="Promised">Latest arrival promised.</param>
/// <param name="Carrier">Position in the list of carriers.</param>
/// <param name="Returned">Goods came back; <see cref="Never"/> for most orders.</param>
/// <param name="Lateness">Days between due date and payment; <see cref="Never"/> when it is not paid.</param>
/// <param name="SecondPart">Days between the first and the second part of the payment; 0 when it is paid at once.</param>
internal readonly record struct Timeline(int Shipped, int Delivered, int Promised, int Carrier, int Returned, int Lateness, int SecondPart)
{
    public const int Never = int.MinValue;
    public const int LongestShipping = 3;
    public const int LongestDelivery = LongestShipping + 5 + 9;
    public const int LongestReturn = LongestDelivery + 21;
    public const int LongestPayment = LongestShipping + 45 + 17 + 10;

    // Late deliveries of each carrier, per mille.
    private static readonly int[] LateDeliveries = [40, 70, 120, 90];

    public bool IsLate => Delivered > Promised;

    public static Timeline Of(ulong orderKey, DateOnly orderDate)
    {
        var random = new SplitMix64(SplitMix64.Derive(orderKey, (ulong)Topic.OrderTimeline));
        var shipped = random.Pick([250, 450, 220, 80]);
        var isEconomy = random.Chance(300);
        var carrier = random.Pick([350, 300, 150, 200]);
        var isDelayed = random.Chance(LateDeliveries[carrier] * (orderDate.Month == 12 ? 2 : 1));
        var delivered = shipped + (isEconomy ? random.Between(2, 5) : random.Between(1, 3)) + (isDelayed ? random.Between(3, 9) : 0);
        var promised = isEconomy ? 8 : 6;
        var isPaid = !random.Chance(15);
        var isReturned = random.Chance(delivered > promised ? 150 : 55);
        var returned = delivered + random.Between(3, 21);
        var lateness = random.Pick([800, 170, 30]) switch
        {
            0 => random.Between(-4, 6),
            1 => random.Between(7, 12),
            _ => random.Between(13, 17),
        };
        return new Timeline(
            shipped,
            delivered,
            promised,
            carrier,
            isReturned && isPaid ? returned : Never,
            isPaid ? lateness : Never,
            random.Chance(60) ? random.Between(5, 10) : 0);
    }

    /// <summary>
    /// Days from the order to a part of its payment; <see cref="Never"/> when there is none. Without credit it is paid at once.
    /// </summary>
    public int Paid(int part, int paymentTerms) => (part, paymentTerms) switch
    {
        _ when Lateness == Never => Never,
        (1, 0) => Shipped + (Lateness > 6 ? 1 : 0),
        (1, _) => Shipped + paymentTerms + Lateness,
        (2, > 0) when SecondPart > 0 => Shipped + paymentTerms + Lateness + SecondPart,
        _ => Never,
    };
}
