namespace Platform.Worker.Sources.Story;

/// <summary>The line of an order that comes back.</summary>
/// <param name="Line">Position in the order's lines, from 0.</param>
/// <param name="Quantity">Units, at most those of the line.</param>
/// <param name="Reason">Position in the list of reasons.</param>
internal readonly record struct ReturnedLine(int Line, int Quantity, int Reason)
{
    /// <summary>Position of "late" in the list of reasons.</summary>
    public const int Late = 3;

    public static ReturnedLine Of(Order order, Timeline timeline)
    {
        var random = new SplitMix64(SplitMix64.Derive(order.Key, (ulong)Topic.Returns));
        var line = random.Below(order.LineCount);
        var ordered = order.Lines[line].Quantity;
        var quantity = random.Chance(600) ? ordered : random.Between(1, ordered);
        var reason = timeline.IsLate && random.Chance(600) ? Late : random.Pick([180, 120, 250, 0, 450]);
        return new ReturnedLine(line, quantity, reason);
    }
}

/// <summary>What is refunded for a returned line: its part of the line's amounts, at the rate of the order.</summary>
/// <param name="Net">Cents of the order's currency.</param>
/// <param name="Tax">Cents of the order's currency.</param>
/// <param name="Rate">Millionths of a EUR for one unit.</param>
/// <param name="CostEur">Cost of the goods, cents of EUR.</param>
internal readonly record struct Refund(long Net, long Tax, long Rate, long CostEur)
{
    public long NetEur => Cents.ToEur(Net, Rate);

    public long TaxEur => Cents.ToEur(Tax, Rate);

    /// <summary>For an order told in full, see <see cref="Order.Load"/>.</summary>
    public static Refund Of(Order order, ReturnedLine returned)
    {
        ref readonly var line = ref order.Lines[returned.Line];
        return new Refund(
            Cents.Share(line.Net, returned.Quantity, line.Quantity),
            Cents.Share(line.Tax, returned.Quantity, line.Quantity),
            order.Rate,
            returned.Quantity * line.UnitCostEur);
    }
}
