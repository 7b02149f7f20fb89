namespace Platform.Worker.Sources.Story;

/// <summary>Currencies in which customers are invoiced.</summary>
internal enum Currency
{
    EUR,
    GBP,
    USD,
    CHF,
    SEK,
}

/// <summary>ISO 4217 codes as bytes of a file.</summary>
internal static class CurrencyCode
{
    private static readonly Labels Codes = new("EUR", "GBP", "USD", "CHF", "SEK");

    public static ReadOnlySpan<byte> Of(Currency currency) => Codes[(int)currency];
}
