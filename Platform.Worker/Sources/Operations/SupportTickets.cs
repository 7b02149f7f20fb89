using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Operations;

/// <summary>
/// Tickets that are opened on the date, then those that are resolved: about orders of days before, and general questions.
/// </summary>
internal sealed class SupportTickets : DatasetGenerator
{
    private const int OrdersPerGeneralQuestion = 90;

    public override string Name => "support_tickets";

    public override string[] Columns =>
    [
        "ticket_id", "status", "opened_at", "resolved_at", "customer_id", "order_id", "order_date", "category", "priority", "satisfaction",
        "subject",
    ];

    public override DefectPlan Defects { get; } = new(
        "ticket_id",
        "T{0:yyyyMMdd}-9{1:00000}",
        Defect.Columns,
        Defect.Type("opened_at"),
        Defect.Required("subject"),
        Defect.Length("subject", 201),
        Defect.Range("satisfaction", "6"),
        Defect.Pattern("customer_id", "nobody"),
        Defect.Enumeration("priority", "panic"),
        Defect.Unique,
        Defect.Encoding("subject"));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        foreach (var isResolved in (bool[])[false, true])
        {
            for (var daysAgo = Ticket.LongestOfOrder; daysAgo >= 0; daysAgo--)
            {
                var orders = day.OrdersOf(day.Date.AddDays(-daysAgo));
                for (var number = 1; number <= orders.Count; number++)
                {
                    var key = orders.OrderKey(number);
                    if (Ticket.TryOfOrder(key, Timeline.Of(key, orders.Date), out var ticket)
                        && (isResolved ? ticket.ResolvedAfter : ticket.OpenedAfter) == daysAgo)
                    {
                        Write(file, ticket, isResolved, orders, number, orders.CustomerNumber(number, key), key, isGeneral: false);
                        await file.EndRowAsync(cancellationToken);
                    }
                }
            }

            for (var daysAgo = isResolved ? Ticket.LongestResolution : 0; daysAgo >= 0; daysAgo--)
            {
                var orders = day.OrdersOf(day.Date.AddDays(-daysAgo));
                for (var number = 1; number <= GeneralQuestions(orders); number++)
                {
                    var key = SplitMix64.Derive(day.Company.Key(Topic.GeneralTickets, orders.Date), (ulong)number);
                    var random = new SplitMix64(key);
                    var ticket = Ticket.General(ref random);
                    if (!isResolved || ticket.ResolvedAfter == daysAgo)
                    {
                        var customer = 1 + random.Below(day.Company.Customers.Size(orders.Date));
                        Write(file, ticket, isResolved, orders, number, customer, key, isGeneral: true);
                        await file.EndRowAsync(cancellationToken);
                    }
                }
            }
        }
    }

    private static int GeneralQuestions(OrderDay orders) => (orders.Count + OrdersPerGeneralQuestion - 1) / OrdersPerGeneralQuestion;

    private static void Write(
        DatasetFile file, Ticket ticket, bool isResolved, OrderDay orders, int number, int customer, ulong key, bool isGeneral)
    {
        var csv = file.Csv;
        csv.Document(isGeneral ? "G"u8 : "T"u8, orders.Date, number);
        csv.Text(isResolved ? "resolved"u8 : "opened"u8);
        csv.Timestamp(orders.Date.AddDays(ticket.OpenedAfter), ticket.OpenedSecond);
        if (isResolved)
        {
            csv.Timestamp(orders.Date.AddDays(ticket.ResolvedAfter), ticket.ResolvedSecond);
        }
        else
        {
            csv.Empty();
        }

        csv.CustomerNumber(customer);
        if (isGeneral)
        {
            csv.Empty();
            csv.Empty();
        }
        else
        {
            csv.Document("O"u8, orders.Date, number);
            csv.Date(orders.Date);
        }

        csv.Text(Ticket.Categories[ticket.Category]);
        csv.Text(Ticket.Priorities[ticket.Priority]);
        if (isResolved && ticket.Satisfaction > 0)
        {
            csv.Integer(ticket.Satisfaction);
        }
        else
        {
            csv.Empty();
        }

        csv.Text(Subjects.Of(ticket.Category, key, orders.Company.Names));
    }
}
