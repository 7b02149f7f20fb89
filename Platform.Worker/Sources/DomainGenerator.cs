using Platform.Worker.Sources.Finance;
using Platform.Worker.Sources.Operations;
using Platform.Worker.Sources.Sales;

namespace Platform.Worker.Sources;

/// <summary>The datasets of a domain that are generated, in file order.</summary>
internal sealed record DomainGenerator(string Domain, params DatasetGenerator[] Datasets)
{
    public static IReadOnlyList<DomainGenerator> All { get; } =
    [
        new("sales", new Customers(), new Products(), new Orders(), new OrderLines(), new Returns()),
        new("operations", new Shipments(), new InventoryMovements(), new SupportTickets()),
        new("finance", new Invoices(), new Payments(), new JournalLines(), new FxRates(), new Budgets()),
    ];

    /// <summary>The domains of that name; all when there is no name.</summary>
    public static IReadOnlyList<DomainGenerator> Of(IReadOnlyList<string> names) =>
        names.Count == 0 ? All : [.. All.Where(domain => names.Contains(domain.Domain, StringComparer.Ordinal))];

    /// <summary>The names that are no domain of this list.</summary>
    public static IReadOnlyList<string> Unknown(IReadOnlyList<string> names) =>
        [.. names.Except(All.Select(domain => domain.Domain), StringComparer.Ordinal)];
}
