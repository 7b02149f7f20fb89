using System.Collections;
using Platform.Worker.Jinja.Runtime;

namespace Platform.Worker.Jinja.Values;

/// <summary>
/// A host object built of named members, for a collection initializer:
/// <c>new HostObject("adapter") { { "type", (state, args) =&gt; "postgres" }, { "version", "15" } }</c>.
/// Objects with computed attributes derive from <see cref="JinjaObject"/> instead.
/// </summary>
internal sealed class HostObject(string typeName) : JinjaObject, IEnumerable<KeyValuePair<string, Value>>
{
    private readonly Dictionary<string, Value> _members = new(StringComparer.Ordinal);

    public override string TypeName { get; } = typeName;

    public void Add(string name, Value value) => _members.Add(name, value);

    public void Add(string name, HostDelegate method) => _members.Add(name, new HostFunction(name, method));

    public override bool TryGetAttribute(RenderState state, string name, out Value value) => _members.TryGetValue(name, out value);

    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
