namespace Platform.Worker.Sources;

/// <summary>The datasets of a domain that are generated, in file order.</summary>
internal sealed record DomainGenerator(string Domain, params DatasetGenerator[] Datasets)
{
    public static IReadOnlyList<DomainGenerator> All { get; } =
    [
        new("sales", new Sales.Customers(), new Sales.Products(), new Sales.Orders(), new Sales.OrderLines(), new Sales.Returns()),
        new("operations", new Operations.Shipments(), new Operations.InventoryMovements(), new Operations.SupportTickets()),
        new("finance", new Finance.Invoices(), new Finance.Payments(), new Finance.JournalLines(), new Finance.FxRates(), new Finance.Budgets()),
    ];
}
