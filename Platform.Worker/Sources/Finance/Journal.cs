using System.Globalization;
using System.Text;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Finance;

/// <summary>Writes journals line by line. Lines of nothing are left out.</summary>
internal sealed class Journal(DatasetFile file, DateOnly date, CancellationToken cancellationToken)
{
    private JournalSource? _source;
    private DateOnly _documentDate;
    private int _number;
    private int _part;
    private int _lines;
    private byte[] _recurringId = [];
    private byte[] _recurringType = [];
    private byte[] _recurringDescription = [];

    /// <summary>Starts the journal of a document.</summary>
    public void Start(JournalSource document, DateOnly itsDate, int itsNumber, int itsPart = 0)
    {
        (_source, _documentDate, _number, _part, _lines) = (document, itsDate, itsNumber, itsPart, 0);
    }

    /// <summary>Starts a journal without a document; there is one of each type on a day.</summary>
    public void Start(string type, string description)
    {
        (_source, _lines) = (null, 0);
        _recurringId = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"J-{type}-{date:yyyyMMdd}"));
        _recurringType = Encoding.ASCII.GetBytes(type);
        _recurringDescription = Encoding.ASCII.GetBytes(description);
    }

    public ValueTask DebitAsync(int account, long cents) => LineAsync(account, debit: cents, credit: 0);

    public ValueTask CreditAsync(int account, long cents) => LineAsync(account, debit: 0, credit: cents);

    private ValueTask LineAsync(int account, long debit, long credit)
    {
        if (debit == 0 && credit == 0)
        {
            return ValueTask.CompletedTask;
        }

        var csv = file.Csv;
        if (_source is null)
        {
            csv.Text(_recurringId);
        }
        else
        {
            csv.Document(_source.JournalPrefix, _documentDate, _number, _source.Digits, _part);
        }

        csv.Integer(++_lines);
        csv.Date(date);
        if (_source is null)
        {
            csv.Text(_recurringType);
            csv.Empty();
        }
        else
        {
            csv.Text(_source.Type);
            csv.Document(_source.Prefix, _documentDate, _number, _source.Digits, _part);
        }

        csv.Integer(account);
        csv.Money(debit);
        csv.Money(credit);
        csv.Text(_source?.Description ?? _recurringDescription);
        return file.EndRowAsync(cancellationToken);
    }
}
