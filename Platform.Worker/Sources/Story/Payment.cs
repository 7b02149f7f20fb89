namespace Platform.Worker.Sources.Story;

/// <summary>What arrives with a part of a payment.</summary>
/// <param name="Amount">Cents of the invoice's currency.</param>
/// <param name="InvoiceAmountEur">Cents of the receivable that it settles.</param>
/// <param name="Rate">Millionths of a EUR for one unit, on the day of the payment.</param>
internal readonly record struct Payment(long Amount, long InvoiceAmountEur, long Rate)
{
    public long AmountEur => Cents.ToEur(Amount, Rate);

    /// <summary>The amounts of a part: all at once, or 60 % first and the rest later.</summary>
    public static Payment Of(Order order, in PaymentEvent payment, long rate)
    {
        var isSplit = payment.Timeline.SecondPart > 0 && order.Customer.PaymentTerms > 0;
        var first = isSplit ? Cents.Share(order.Gross, 60, 100) : order.Gross;
        var firstEur = isSplit ? Cents.Share(order.GrossEur, 60, 100) : order.GrossEur;
        return payment.Part == 1 ? new Payment(first, firstEur, rate) : new Payment(order.Gross - first, order.GrossEur - firstEur, rate);
    }
}
