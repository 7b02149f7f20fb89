namespace Platform.Worker.Sources.Finance;

/// <summary>A kind of document that is posted.</summary>
/// <param name="Type">Value of <c>source_type</c>.</param>
/// <param name="Prefix">Prefix of the document's number; the journal's has a J before it.</param>
/// <param name="Digits">Digits of the document's running number.</param>
/// <param name="Description">Posting text.</param>
internal sealed record JournalSource(byte[] Type, byte[] Prefix, int Digits, byte[] Description)
{
    public static readonly JournalSource Order = new("order"u8.ToArray(), "O"u8.ToArray(), 6, "Order"u8.ToArray());
    public static readonly JournalSource Return = new("return"u8.ToArray(), "R"u8.ToArray(), 6, "Goods returned"u8.ToArray());
    public static readonly JournalSource Invoice = new("invoice"u8.ToArray(), "I"u8.ToArray(), 6, "Invoice"u8.ToArray());
    public static readonly JournalSource Payment = new("payment"u8.ToArray(), "PY"u8.ToArray(), 6, "Payment received"u8.ToArray());
    public static readonly JournalSource Shipping = new("shipping"u8.ToArray(), "S"u8.ToArray(), 6, "Carrier's charge"u8.ToArray());
    public static readonly JournalSource Receipt = new("inventory_receipt"u8.ToArray(), "M"u8.ToArray(), Story.Stock.MovementDigits, "Goods received"u8.ToArray());
    public static readonly JournalSource SupplierReturn = Receipt with { Description = "Goods given back to the supplier"u8.ToArray() };

    /// <summary>Prefix of the journal's number.</summary>
    public byte[] JournalPrefix { get; } = [(byte)'J', .. Prefix];
}
