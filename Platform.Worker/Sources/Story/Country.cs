namespace Platform.Worker.Sources.Story;

/// <summary>A country that customers live in.</summary>
/// <param name="Code">ISO 3166-1 alpha-2.</param>
/// <param name="Region">Position in <see cref="Regions"/>.</param>
/// <param name="Currency">Currency of its invoices.</param>
/// <param name="TaxRate">Sales tax in ten-thousandths.</param>
/// <param name="Warehouse">Position in <see cref="Warehouses"/> of the warehouse that serves it.</param>
internal sealed record Country(string Code, int Region, Currency Currency, int TaxRate, int Warehouse)
{
    public static readonly Labels Regions = new("DACH", "Nordics", "Benelux", "UKI", "France", "Iberia", "Italy", "North America");

    public static readonly Labels Warehouses = new("HAM", "LYS", "ORD");

    public static readonly Country[] All =
    [
        new("DE", 0, Currency.EUR, 1900, 0),
        new("AT", 0, Currency.EUR, 2000, 0),
        new("CH", 0, Currency.CHF, 810, 0),
        new("SE", 1, Currency.SEK, 2500, 0),
        new("DK", 1, Currency.EUR, 2500, 0),
        new("NO", 1, Currency.EUR, 2500, 0),
        new("FI", 1, Currency.EUR, 2550, 0),
        new("NL", 2, Currency.EUR, 2100, 0),
        new("BE", 2, Currency.EUR, 2100, 0),
        new("LU", 2, Currency.EUR, 1700, 0),
        new("GB", 3, Currency.GBP, 2000, 0),
        new("IE", 3, Currency.EUR, 2300, 0),
        new("FR", 4, Currency.EUR, 2000, 1),
        new("ES", 5, Currency.EUR, 2100, 1),
        new("PT", 5, Currency.EUR, 2300, 1),
        new("IT", 6, Currency.EUR, 2200, 1),
        new("US", 7, Currency.USD, 0, 2),
        new("CA", 7, Currency.USD, 500, 2),
    ];

    /// <summary>Served from the warehouse in Chicago, at higher shipping cost.</summary>
    public bool IsOverseas => Warehouse == 2;

    /// <summary>Share of each country in the customers, per mille, in the order of <see cref="All"/>.</summary>
    public static ReadOnlySpan<int> Shares => [240, 50, 60, 60, 30, 25, 25, 60, 40, 5, 120, 20, 100, 60, 20, 45, 35, 5];
}
