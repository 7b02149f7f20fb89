using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Finance;

/// <summary>Rates of the date.</summary>
internal sealed class FxRates : DatasetGenerator
{
    public override string Name => "fx_rates";

    public override string[] Columns => ["rate_date", "currency", "rate_to_eur"];

    public override DefectPlan Defects { get; } = new(
        null,
        null,
        Defect.Columns,
        Defect.Type("rate_to_eur"),
        Defect.Required("rate_to_eur"),
        Defect.Range("rate_to_eur", "0.000000"),
        Defect.Enumeration("currency", "XXX"),
        Defect.Unique,
        Defect.Partition("rate_date", DefectPlan.OtherDay));

    public override async Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken)
    {
        foreach (var currency in Enum.GetValues<Currency>())
        {
            file.Csv.Date(day.Date);
            file.Csv.Text(CurrencyCode.Of(currency));
            file.Csv.Number(day.Orders.Rate(currency), scale: 6);
            await file.EndRowAsync(cancellationToken);
        }
    }
}
