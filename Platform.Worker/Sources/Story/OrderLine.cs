namespace Platform.Worker.Sources.Story;

/// <summary>A line of an order. Amounts are cents of the order's currency, those named so cents of EUR.</summary>
internal struct OrderLine
{
    /// <summary>Position in the catalogue.</summary>
    public int Product;
    public int Quantity;
    public long UnitPrice;
    public long Discount;
    public long Net;
    public long Tax;
    public long NetEur;
    public long UnitCostEur;
}
