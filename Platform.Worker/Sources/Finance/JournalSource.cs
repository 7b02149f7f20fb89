using System.Text;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Finance;

/// <summary>A kind of document that is posted.</summary>
/// <param name="type">Value of <c>source_type</c>.</param>
/// <param name="prefix">Prefix of the document's number.</param>
/// <param name="description">Posting text.</param>
/// <param name="digits">Digits of the document's running number.</param>
internal sealed class JournalSource(string type, string prefix, string description, int digits = 6)
{
    private readonly byte[] _type = Encoding.ASCII.GetBytes(type);
    private readonly byte[] _journalPrefix = Encoding.ASCII.GetBytes("J" + prefix);
    private readonly byte[] _description = Encoding.ASCII.GetBytes(description);

    public static JournalSource Order { get; } = new("order", "O", "Order");

    public static JournalSource Return { get; } = new("return", "R", "Goods returned");

    public static JournalSource Invoice { get; } = new("invoice", "I", "Invoice");

    public static JournalSource Payment { get; } = new("payment", "PY", "Payment received");

    public static JournalSource Shipping { get; } = new("shipping", "S", "Carrier's charge");

    public static JournalSource Receipt { get; } = new("inventory_receipt", "M", "Goods received", Stock.MovementDigits);

    public static JournalSource SupplierReturn { get; } =
        new("inventory_receipt", "M", "Goods given back to the supplier", Stock.MovementDigits);

    public ReadOnlySpan<byte> Type => _type;

    /// <summary>Prefix of the document's number.</summary>
    public ReadOnlySpan<byte> Prefix => _journalPrefix.AsSpan(1);

    /// <summary>Prefix of the journal's number: the document's with a J before it.</summary>
    public ReadOnlySpan<byte> JournalPrefix => _journalPrefix;

    public ReadOnlySpan<byte> Description => _description;

    public int Digits => digits;
}
