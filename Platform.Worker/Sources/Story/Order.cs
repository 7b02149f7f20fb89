namespace Platform.Worker.Sources.Story;

internal enum Channel
{
    Web,
    Store,
    Marketplace,
    Partner,
}

/// <summary>
/// One order with all that follows from it. Made to be used for many orders, one after the other: <see cref="Load"/> tells the whole order,
/// <see cref="LoadItems"/> only what was ordered, which is all that the warehouse needs.
/// </summary>
internal sealed class Order
{
    private const int MostLines = 8;
    private const long FreeShippingFromEur = 80_00;
    private const long ShippingEur = 4_95;
    private const long ShippingOverseasEur = 9_95;

    private readonly OrderLine[] _lines = new OrderLine[MostLines];
    private SplitMix64 _content;

    public OrderDay Day { get; private set; } = null!;

    public DateOnly Date => Day.Date;

    public int Number { get; private set; }

    public ulong Key { get; private set; }

    public Customer Customer { get; private set; }

    public Country Country { get; private set; } = null!;

    public Channel Channel { get; private set; }

    public int LineCount { get; private set; }

    public ReadOnlySpan<OrderLine> Lines => _lines.AsSpan(0, LineCount);

    /// <summary>Moment of the order, in seconds of the day.</summary>
    public int SecondOfDay => Day.SecondOfDay(Number, Key);

    public Currency Currency => Country.Currency;

    /// <summary>Millionths of a EUR for one unit of the order's currency, on the day of the order.</summary>
    public long Rate { get; private set; }

    public long Discount { get; private set; }

    public long Net { get; private set; }

    public long Tax { get; private set; }

    public long ShippingFee { get; private set; }

    public long Gross => Net + Tax + ShippingFee;

    /// <summary>Revenue: the sum of the lines' EUR amounts.</summary>
    public long NetEur { get; private set; }

    public long TaxEur => Cents.ToEur(Tax, Rate);

    public long ShippingFeeEur => Cents.ToEur(ShippingFee, Rate);

    /// <summary>What is booked for the order, unbilled first, then as a receivable.</summary>
    public long GrossEur => NetEur + TaxEur + ShippingFeeEur;

    /// <summary>Cost of the goods.</summary>
    public long CostEur { get; private set; }

    public int Units { get; private set; }

    public int Grams { get; private set; }

    /// <summary>What was ordered, by whom, and what it weighs; no amounts.</summary>
    public void LoadItems(OrderDay day, int number)
    {
        Day = day;
        Number = number;
        Key = day.OrderKey(number);
        Customer = day.Customer(number, Key);
        Country = Country.All[Customer.Country];
        _content = new SplitMix64(SplitMix64.Derive(Key, (ulong)Topic.OrderContent));
        Channel = (Channel)_content.Pick(Customer.Segment == Segment.Consumer ? [600, 180, 200, 20] : [480, 20, 120, 380]);
        LineCount = 1 + Customer.Segment switch
        {
            Segment.Consumer => _content.Pick([450, 300, 170, 80]),
            Segment.SmallBusiness => _content.Below(6),
            _ => _content.Between(1, MostLines - 1),
        };
        (Units, Grams) = (0, 0);
        for (var index = 0; index < LineCount; index++)
        {
            ref var line = ref _lines[index];
            // Products at the top of the catalogue sell best.
            line.Product = Math.Min(_content.Below(Catalogue.Size), _content.Below(Catalogue.Size));
            line.Quantity = Customer.Segment switch
            {
                Segment.Consumer => 1 + _content.Pick([800, 150, 50]),
                Segment.SmallBusiness => _content.Between(1, 6),
                _ => _content.Between(2, 10),
            };
            Units += line.Quantity;
            Grams += line.Quantity * day.Company.Catalogue.Products[line.Product].Grams;
        }
    }

    /// <summary>The whole order.</summary>
    public void Load(OrderDay day, int number)
    {
        LoadItems(day, number);
        Rate = day.Rate(Currency);
        (Discount, Net, Tax, NetEur, CostEur) = (0, 0, 0, 0, 0);
        for (var index = 0; index < LineCount; index++)
        {
            ref var line = ref _lines[index];
            line.UnitPrice = Cents.FromEur(day.ListPrice(line.Product), Rate);
            line.UnitCostEur = day.UnitCost(line.Product);
            var list = line.UnitPrice * line.Quantity;
            line.Discount = Cents.Share(list, DiscountPerMille(), 1000);
            line.Net = list - line.Discount;
            line.Tax = Cents.Share(line.Net, Country.TaxRate, 10_000);
            line.NetEur = Cents.ToEur(line.Net, Rate);
            Discount += line.Discount;
            Net += line.Net;
            Tax += line.Tax;
            NetEur += line.NetEur;
            CostEur += line.Quantity * line.UnitCostEur;
        }

        ShippingFee = Channel == Channel.Store || NetEur >= FreeShippingFromEur
            ? 0
            : Cents.FromEur(Country.IsOverseas ? ShippingOverseasEur : ShippingEur, Rate);
    }

    private int DiscountPerMille()
    {
        var perMille = Customer.Segment switch
        {
            Segment.Consumer => _content.Chance(200) ? 100 : 0,
            Segment.SmallBusiness => _content.Chance(500) ? 50 : 0,
            _ => _content.Chance(500) ? 120 : 80,
        };
        if (Season.IsSale(Date) && Channel == Channel.Web)
        {
            perMille += 150;
        }
        else if (Season.IsMonthEnd(Date) && Customer.Segment == Segment.Enterprise)
        {
            perMille += 30;
        }

        return perMille;
    }
}
