using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Sales;

/// <summary>The whole catalogue with the prices of the day.</summary>
internal sealed class Products : DatasetGenerator
{
    public override string Name => "products";

    public override string[] Columns => ["product_id", "name", "category", "list_price", "unit_cost", "weight_kg", "active_from"];

    public override DefectPlan Defects { get; } = new(
        "product_id",
        "P9{1:000}",
        Defect.Columns,
        Defect.Type("list_price"),
        Defect.Required("category"),
        Defect.Length("name", 121),
        Defect.Range("weight_kg", "0.000"),
        Defect.Pattern("product_id", "X1"),
        Defect.Enumeration("category", "Misc"),
        Defect.Unique,
        Defect.Encoding("name"));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var company = day.Company;
        for (var index = 0; index < Catalogue.Size; index++)
        {
            var product = company.Catalogue.Products[index];
            var csv = file.Csv;
            csv.ProductNumber(index);
            csv.Text(company.Names.Product(index));
            csv.Text(Catalogue.Categories[product.Category]);
            csv.Money(day.Orders.ListPrice(index));
            csv.Money(day.Orders.UnitCost(index));
            csv.Number(product.Grams, scale: 3);
            csv.Date(product.ActiveFrom);
            await file.EndRowAsync(cancellationToken);
        }
    }
}
