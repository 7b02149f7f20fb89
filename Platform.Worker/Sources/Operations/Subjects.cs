using System.Text;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Operations;

/// <summary>What customers write into the subject line; {0} is a product. Quotes, commas and a line break come as in real mail.</summary>
internal static class Subjects
{
    // In the order of Ticket.Categories.
    private static readonly string[][] Texts =
    [
        [
            "Where is my parcel?", "Parcel says \"delivered\", but nothing arrived", "Late again, please check", "{0} has not arrived",
            "Wrong address,\ncan you redirect it?",
        ],
        [
            "Question about {0}", "How do I clean the {0}?", "{0}: part missing", "Is the {0} available in blue, or green?",
            "{0} arrived scratched",
        ],
        [
            "Invoice shows the wrong address", "Charged twice", "Please send the invoice again", "Payment terms, as agreed",
            "Discount code \"WELCOME\" not applied",
        ],
        ["Return of {0}", "Where is my refund?", "Refund, partly missing", "Return label does not print", "Changed my mind about the {0}"],
        [
            "Cannot log in", "Please delete my account", "New mail address", "Add a colleague to our account",
            "Newsletter: unsubscribe, please",
        ],
    ];

    public static string Of(int category, ulong key, NameBook names)
    {
        var random = new SplitMix64(~key);
        var subject = Texts[category][random.Below(Texts[category].Length)];
        var product = Encoding.UTF8.GetString(names.Product(random.Below(Catalogue.Size)));
        return subject.Replace("{0}", product, StringComparison.Ordinal);
    }
}
