using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Sales;

/// <summary>
/// Customers whose record is new or changed: those who registered, those who order, and those whose address or terms change.
/// </summary>
internal sealed class Customers : DatasetGenerator
{
    private const int LastOrderLookBack = 75;
    private const int Noon = 12 * 3600;

    private static readonly Labels Segments = new("consumer", "small_business", "enterprise");

    public override string Name => "customers";

    public override string[] Columns =>
    [
        "customer_id", "name", "email", "segment", "country", "region", "currency", "payment_terms_days", "created_date", "updated_at",
        "last_order_date",
    ];

    public override DefectPlan Defects { get; } = new(
        "customer_id",
        "C9{1:00000000}",
        Defect.Columns,
        Defect.Type("created_date"),
        Defect.Required("country"),
        Defect.Length("name", 121),
        Defect.Range("payment_terms_days", "-1"),
        Defect.Pattern("email", "nobody"),
        Defect.Enumeration("segment", "vip"),
        Defect.Unique,
        Defect.Partition("updated_at", DefectPlan.OtherDay + "T00:00:00Z"),
        Defect.Encoding("name"));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var changes = Changes(day);
        var lastOrders = LastOrders(day, changes);
        var numbers = changes.Keys.ToArray();
        Array.Sort(numbers);
        foreach (var number in numbers)
        {
            var (second, hasOrdered) = changes[number];
            Write(file, day, number, second, hasOrdered ? day.Date : lastOrders.TryGetValue(number, out var last) ? last : null);
            await file.EndRowAsync(cancellationToken);
        }
    }

    private static void Write(DatasetFile file, BusinessDay day, int number, int second, DateOnly? lastOrder)
    {
        var company = day.Company;
        var customer = company.Customers.Get(number, day.Date);
        var country = Country.All[customer.Country];
        var csv = file.Csv;
        csv.CustomerNumber(number);
        csv.Text(company.Names.Name(customer));
        csv.Text(company.Names.Email(customer));
        csv.Text(Segments[(int)customer.Segment]);
        csv.Text(country.Code);
        csv.Text(Country.Regions[country.Region]);
        csv.Text(CurrencyCode.Of(country.Currency));
        csv.Integer(customer.PaymentTerms);
        csv.Date(company.Customers.CreatedOn(number, day.Date));
        csv.Timestamp(day.Date, second);
        if (lastOrder is { } date)
        {
            csv.Date(date);
        }
        else
        {
            csv.Empty();
        }
    }

    // Moment of each customer's last change of the day, and whether it is an order.
    private static Dictionary<int, (int Second, bool HasOrdered)> Changes(BusinessDay day)
    {
        var orders = day.Orders;
        var changes = new Dictionary<int, (int Second, bool HasOrdered)>(orders.Count);
        foreach (var number in orders.NewCustomers.Concat(day.Company.Customers.ChangedOn(day.Date)))
        {
            changes[number] = (Noon, false);
        }

        for (var number = 1; number <= orders.Count; number++)
        {
            var key = orders.OrderKey(number);
            var second = orders.SecondOfDay(number, key);
            var customer = orders.CustomerNumber(number, key);
            changes[customer] = (changes.TryGetValue(customer, out var earlier) ? Math.Max(earlier.Second, second) : second, true);
        }

        return changes;
    }

    // Of those who have changed without an order: the day of the newest one before.
    private static Dictionary<int, DateOnly> LastOrders(BusinessDay day, Dictionary<int, (int Second, bool HasOrdered)> changes)
    {
        var found = new Dictionary<int, DateOnly>();
        var wanted = changes.Where(change => !change.Value.HasOrdered).Select(change => change.Key).ToHashSet();
        for (var daysAgo = 1; daysAgo <= LastOrderLookBack && wanted.Count > 0; daysAgo++)
        {
            var orders = day.OrdersOf(day.Date.AddDays(-daysAgo));
            for (var number = 1; number <= orders.Count; number++)
            {
                var customer = orders.CustomerNumber(number, orders.OrderKey(number));
                if (wanted.Remove(customer))
                {
                    found.Add(customer, orders.Date);
                }
            }
        }

        return found;
    }
}
