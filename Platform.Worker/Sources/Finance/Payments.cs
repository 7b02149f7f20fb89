using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Finance;

/// <summary>Payments that arrive on the date.</summary>
internal sealed class Payments : DatasetGenerator
{
    private static readonly Labels Methods = new("card", "paypal", "transfer", "direct_debit");

    public override string Name => "payments";

    public override string[] Columns =>
    [
        "payment_id", "payment_date", "invoice_id", "invoice_date", "order_id", "order_date", "customer_id", "method", "currency", "amount",
        "fx_rate", "amount_eur", "invoice_amount_eur",
    ];

    public override string[] ControlSums => ["amount", "amount_eur", "invoice_amount_eur"];

    public override DefectPlan Defects { get; } = new(
        "payment_id",
        "PY{0:yyyyMMdd}-9{1:00000}-1",
        Defect.Columns,
        Defect.Type("fx_rate"),
        Defect.Required("currency"),
        Defect.Range("amount", "0.00"),
        Defect.Pattern("invoice_id", "4711"),
        Defect.Enumeration("method", "barter"),
        Defect.Unique,
        Defect.Partition("payment_date", DefectPlan.OtherDay));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        var order = new Order();
        foreach (var payment in day.Payments)
        {
            order.Load(payment.Orders, payment.Number);
            Write(file, day, order, payment);
            await file.EndRowAsync(cancellationToken);
        }
    }

    private static void Write(DatasetFile file, BusinessDay day, Order order, PaymentEvent payment)
    {
        var csv = file.Csv;
        var paid = Payment.Of(order, payment, day.Orders.Rate(order.Currency));
        csv.Document("PY"u8, order.Date, order.Number, part: payment.Part);
        csv.Date(day.Date);
        csv.Document("I"u8, order.Date, order.Number);
        csv.Date(order.Date.AddDays(payment.Timeline.Shipped));
        csv.Document("O"u8, order.Date, order.Number);
        csv.Date(order.Date);
        csv.CustomerNumber(order.Customer.Number);
        csv.Text(Methods[Method(order)]);
        csv.Text(CurrencyCode.Of(order.Currency));
        csv.Money(paid.Amount);
        csv.Number(paid.Rate, scale: 6);
        csv.Money(paid.AmountEur);
        csv.Money(paid.InvoiceAmountEur);
    }

    // Who pays at once pays by card or PayPal, who has terms from a bank account.
    private static int Method(Order order)
    {
        var random = new SplitMix64(order.Customer.Key + 1);
        return order.Customer.PaymentTerms == 0 ? random.Chance(650) ? 0 : 1 : random.Chance(700) ? 2 : 3;
    }
}
