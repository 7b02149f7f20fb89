using System.Globalization;
using Platform.Worker.Landing;
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
    private string _recurringType = "";
    private string _recurringDescription = "";

    /// <summary>Starts the journal of a document.</summary>
    public void Start(JournalSource document, DateOnly itsDate, int itsNumber, int itsPart = 0)
    {
        (_source, _documentDate, _number, _part, _lines) = (document, itsDate, itsNumber, itsPart, 0);
    }

    /// <summary>Starts a journal without a document; there is one of each type on a day.</summary>
    public void Start(string type, string description)
    {
        (_source, _lines, _recurringType, _recurringDescription) = (null, 0, type, description);
    }

    public ValueTask DebitAsync(int account, long cents) => LineAsync(account, debit: cents, credit: 0);

    public ValueTask CreditAsync(int account, long cents) => LineAsync(account, debit: 0, credit: cents);

    private ValueTask LineAsync(int account, long debit, long credit)
    {
        if (debit == 0 && credit == 0)
        {
            return ValueTask.CompletedTask;
        }

        if (_source is null)
        {
            WriteRecurring(file.Csv, account, debit, credit);
        }
        else
        {
            Write(file.Csv, _source, account, debit, credit);
        }

        return file.EndRowAsync(cancellationToken);
    }

    private void Write(CsvFileWriter csv, JournalSource document, int account, long debit, long credit)
    {
        csv.Document(document.JournalPrefix, _documentDate, _number, document.Digits, _part);
        csv.Integer(++_lines);
        csv.Date(date);
        csv.Text(document.Type);
        csv.Document(document.Prefix, _documentDate, _number, document.Digits, _part);
        csv.Integer(account);
        csv.Money(debit);
        csv.Money(credit);
        csv.Text(document.Description);
    }

    private void WriteRecurring(CsvFileWriter csv, int account, long debit, long credit)
    {
        csv.Text(string.Create(CultureInfo.InvariantCulture, $"J-{_recurringType}-{date:yyyyMMdd}"));
        csv.Integer(++_lines);
        csv.Date(date);
        csv.Text(_recurringType);
        csv.Empty();
        csv.Integer(account);
        csv.Money(debit);
        csv.Money(credit);
        csv.Text(_recurringDescription);
    }
}
