namespace Platform.Worker.Jinja.Values;

/// <summary>A Python generator or iterator: elements once, on demand, as <c>map</c>, <c>select</c> and <c>reverse</c> give them.</summary>
internal sealed class IteratorValue(string typeName, IEnumerable<Value> source) : JinjaObject
{
    private IEnumerator<Value>? _enumerator;

    public override string TypeName => typeName;

    public override IEnumerable<Value> Iterate()
    {
        _enumerator ??= source.GetEnumerator();
        Sequences.EnsureDepth();
        while (_enumerator.MoveNext())
        {
            yield return _enumerator.Current;
        }
    }

    public override string ToString() => $"<{typeName} object>";
}
