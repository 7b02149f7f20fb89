namespace Platform.Worker.Sources.Story;

/// <summary>A country that customers live in.</summary>
/// <param name="Code">ISO 3166-1 alpha-2.</param>
/// <param name="Region">Position in <see cref="Regions"/>.</param>
/// <param name="Currency">Currency of its invoices.</param>
/// <param name="TaxRate">Sales tax in ten-thousandths.</param>
/// <param name="Warehouse">Position in <see cref="Warehouses"/> of the warehouse that serves it.</param>
internal sealed record Country(byte[] Code, int Region, Currency Currency, int TaxRate, int Warehouse)
{
    public static readonly byte[][] Regions =
        ["DACH"u8.ToArray(), "Nordics"u8.ToArray(), "Benelux"u8.ToArray(), "UKI"u8.ToArray(), "France"u8.ToArray(), "Iberia"u8.ToArray(), "Italy"u8.ToArray(), "North America"u8.ToArray()];

    public static readonly byte[][] Warehouses = ["HAM"u8.ToArray(), "LYS"u8.ToArray(), "ORD"u8.ToArray()];

    public static readonly Country[] All =
    [
        new("DE"u8.ToArray(), 0, Currency.EUR, 1900, 0),
        new("AT"u8.ToArray(), 0, Currency.EUR, 2000, 0),
        new("CH"u8.ToArray(), 0, Currency.CHF, 810, 0),
        new("SE"u8.ToArray(), 1, Currency.SEK, 2500, 0),
        new("DK"u8.ToArray(), 1, Currency.EUR, 2500, 0),
        new("NO"u8.ToArray(), 1, Currency.EUR, 2500, 0),
        new("FI"u8.ToArray(), 1, Currency.EUR, 2550, 0),
        new("NL"u8.ToArray(), 2, Currency.EUR, 2100, 0),
        new("BE"u8.ToArray(), 2, Currency.EUR, 2100, 0),
        new("LU"u8.ToArray(), 2, Currency.EUR, 1700, 0),
        new("GB"u8.ToArray(), 3, Currency.GBP, 2000, 0),
        new("IE"u8.ToArray(), 3, Currency.EUR, 2300, 0),
        new("FR"u8.ToArray(), 4, Currency.EUR, 2000, 1),
        new("ES"u8.ToArray(), 5, Currency.EUR, 2100, 1),
        new("PT"u8.ToArray(), 5, Currency.EUR, 2300, 1),
        new("IT"u8.ToArray(), 6, Currency.EUR, 2200, 1),
        new("US"u8.ToArray(), 7, Currency.USD, 0, 2),
        new("CA"u8.ToArray(), 7, Currency.USD, 500, 2),
    ];

    /// <summary>Share of each country in the customers, per mille, in the order of <see cref="All"/>.</summary>
    public static ReadOnlySpan<int> Shares => [240, 50, 60, 60, 30, 25, 25, 60, 40, 5, 120, 20, 100, 60, 20, 45, 35, 5];
}
