using System.Globalization;
using System.Text;
using Bogus;
using Bogus.DataSets;
using Bogus.Extensions;

namespace Platform.Worker.Sources.Story;

/// <summary>
/// Names of people, companies and products, made by Bogus once per process; rows then draw from it by number. Bogus itself is seeded, so
/// the book is the same everywhere.
/// </summary>
internal sealed class NameBook(long seed)
{
    private const int PeoplePerRegion = 400;
    private const int CompaniesPerRegion = 250;

    // One locale per region, in the order of Country.Regions.
    private static readonly string[] Locales = ["de", "sv", "nl", "en_GB", "fr", "es", "it", "en_US"];

    // Nouns of each category, in the order of Catalogue.Categories; 25 products share 5 of them.
    private static readonly string[][] Nouns =
    [
        ["Headphones", "Speaker", "Earbuds", "Turntable", "Microphone"],
        ["Keyboard", "Monitor Arm", "Docking Station", "Mouse", "Webcam"],
        ["Cushion", "Blanket", "Vase", "Mirror", "Shelf"],
        ["Knife Set", "Kettle", "Pan", "Grinder", "Cutting Board"],
        ["Desk Lamp", "Floor Lamp", "Pendant", "Light Strip", "Lantern"],
        ["Chair", "Notebook", "Organizer", "Standing Desk", "Whiteboard"],
        ["Backpack", "Tent", "Bottle", "Hammock", "Camp Stove"],
        ["Yoga Mat", "Massage Ball", "Diffuser", "Towel", "Scale"],
    ];

    private readonly Lazy<Region>[] _regions =
    [
        .. Locales.Select((locale, position) =>
            new Lazy<Region>(() => Region.Of(locale, new Randomizer(unchecked((int)seed + position))))),
    ];

    private readonly Lazy<byte[][]> _products = new(() => Products(new Randomizer(unchecked((int)seed - 1))));

    /// <summary>Name of a product, by position in the catalogue.</summary>
    public byte[] Product(int index) => _products.Value[index];

    /// <summary>Name of a customer: a person's, or a company's.</summary>
    public byte[] Name(Customer customer)
    {
        var region = _regions[Country.All[customer.Country].Region].Value;
        var random = new SplitMix64(SplitMix64.Derive(customer.Key, (ulong)Topic.Names));
        if (customer.Segment != Segment.Consumer)
        {
            return region.Companies[random.Below(CompaniesPerRegion)].Name;
        }

        var first = region.FirstNames[random.Below(PeoplePerRegion)].Name;
        return [.. first, (byte)' ', .. region.LastNames[random.Below(PeoplePerRegion)].Name];
    }

    /// <summary>Mail address of a customer; another one with each version of the record.</summary>
    public byte[] Email(Customer customer)
    {
        var region = _regions[Country.All[customer.Country].Region].Value;
        var random = new SplitMix64(SplitMix64.Derive(customer.Key, (ulong)Topic.Names));
        var number = Encoding.ASCII.GetBytes(customer.Number.ToString(CultureInfo.InvariantCulture));
        var isEven = (customer.Version & 1) == 0;
        if (customer.Segment != Segment.Consumer)
        {
            var company = region.Companies[random.Below(CompaniesPerRegion)].Slug;
            return [.. isEven ? "orders."u8 : "purchasing."u8, .. number, (byte)'@', .. company, .. ".example"u8];
        }

        var first = region.FirstNames[random.Below(PeoplePerRegion)].Slug;
        var last = region.LastNames[random.Below(PeoplePerRegion)].Slug;
        return [.. first, (byte)'.', .. last, (byte)'.', .. number, .. isEven ? "@mail.example"u8 : "@post.example"u8];
    }

    private static byte[][] Products(Randomizer randomizer)
    {
        var commerce = new Commerce("en") { Random = randomizer };
        var taken = new HashSet<string>();
        var names = new byte[Catalogue.Size][];
        for (var index = 0; index < names.Length; index++)
        {
            var choices = Nouns[index % Nouns.Length];
            string name;
            do
            {
                name = $"{commerce.ProductAdjective()} {choices[index / Nouns.Length % choices.Length]}";
            }
            while (!taken.Add(name));

            names[index] = Encoding.UTF8.GetBytes(name);
        }

        return names;
    }

    private readonly record struct Entry(byte[] Name, byte[] Slug)
    {
        public static Entry Of(string name) => new(
            Encoding.UTF8.GetBytes(name),
            [.. name.Transliterate().ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Select(letter => (byte)letter)]);
    }

    private sealed record Region(Entry[] FirstNames, Entry[] LastNames, Entry[] Companies)
    {
        public static Region Of(string locale, Randomizer randomizer)
        {
            var name = new Name(locale) { Random = randomizer };
            var company = new Bogus.DataSets.Company(locale) { Random = randomizer };
            var region = new Region(
                [.. Enumerable.Range(0, PeoplePerRegion).Select(_ => Entry.Of(name.FirstName()))],
                [.. Enumerable.Range(0, PeoplePerRegion).Select(_ => Entry.Of(name.LastName()))],
                [.. Enumerable.Range(0, CompaniesPerRegion).Select(_ => Entry.Of(company.CompanyName()))]);
            // What is in the book is all that is drawn from it; a megabyte each that Bogus would keep, and reads again when asked.
            Bogus.Database.Data.Value.TryRemove(locale, out _);
            return region;
        }
    }
}
