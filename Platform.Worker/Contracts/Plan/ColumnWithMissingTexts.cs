using System.Text;

namespace Platform.Worker.Contracts.Plan;

/// <summary>A column with texts that stand for no value beside the empty field: the file's null text, the contract's missing values.</summary>
internal sealed class ColumnWithMissingTexts(CompiledColumn column, IReadOnlyList<string> texts) : CompiledColumn(column.Column)
{
    private readonly byte[][] _texts = [.. texts.Select(Encoding.UTF8.GetBytes)];

    public override bool TryRead(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        return !IsMissing(field) && column.TryRead(field, out value);
    }

    public override bool TryNumber(ReadOnlySpan<byte> field, out decimal number)
    {
        number = 0;
        return !IsMissing(field) && column.TryNumber(field, out number);
    }

    protected internal override bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value)
    {
        if (!IsMissing(field))
        {
            return column.TryWriteValue(field, row, out value);
        }

        value = 0;
        row.WriteNull();
        return !Column.Required;
    }

    protected override IEnumerable<Violation> ExplainValue(string field)
    {
        if (!IsMissing(Encoding.UTF8.GetBytes(field)))
        {
            return column.Explain(field);
        }

        return Column.Required ? [Broken(Rules.Required, field, $"is '{field}', which stands for no value; a value is required")] : [];
    }

    private bool IsMissing(ReadOnlySpan<byte> field)
    {
        foreach (var text in _texts)
        {
            if (field.SequenceEqual(text))
            {
                return true;
            }
        }

        return false;
    }
}
