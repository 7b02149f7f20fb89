namespace Platform.Worker.Contracts.Plan;

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class BooleanColumn(ContractColumn column) : CompiledColumn(column)
{
    protected internal override bool TryWriteValue(ReadOnlySpan<byte> field, RowBuffer row, out long value)
    {
        var isTrue = field.SequenceEqual("true"u8);
        value = isTrue ? 1 : 0;
        row.WriteBooleanField(isTrue);
        return isTrue || field.SequenceEqual("false"u8);
    }

    protected override IEnumerable<Violation> ExplainValue(string field)
    {
        if (field is not ("true" or "false"))
        {
            yield return Broken(Rules.Type, field, $"is '{Shown(field)}'; expected true or false");
        }
    }
}
