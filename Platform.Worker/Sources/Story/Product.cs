namespace Platform.Worker.Sources.Story;

/// <summary>A product of the catalogue.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Category">Position in <see cref="Catalogue.Categories"/>.</param>
/// <param name="ListPrice">EUR cents in 2024; 3 % more each year.</param>
/// <param name="UnitCost">EUR cents in 2024; 2.5 % more each year.</param>
/// <param name="Grams">Shipping weight.</param>
/// <param name="ActiveFrom">First day on sale.</param>
internal sealed record Product(int Number, int Category, long ListPrice, long UnitCost, int Grams, DateOnly ActiveFrom);
