using System.Globalization;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Builtins;

/// <summary>An attribute as filters name it: <c>'address.city'</c>, <c>0</c>, or nothing for the item itself.</summary>
internal readonly struct AttributePath
{
    private readonly Value[] _parts;
    private readonly Value _default;

    private AttributePath(Value[] parts, Value fallback)
    {
        _parts = parts;
        _default = fallback;
    }

    public static AttributePath Parse(Value attribute, Value fallback = default)
    {
        if (attribute.IsNone || attribute.IsMissing)
        {
            return new AttributePath([], fallback);
        }

        return attribute.TryGetString(out var path)
            ? new AttributePath([.. path.Split('.').Select(Part)], fallback)
            : new AttributePath([attribute], fallback);
    }

    /// <summary>Several, separated by commas.</summary>
    public static AttributePath[] ParseMany(Value attribute) => attribute.TryGetString(out var paths)
        ? [.. paths.Split(',').Select(static path => Parse(path))]
        : [Parse(attribute)];

    public Value Get(RenderState state, Value item)
    {
        foreach (var part in _parts)
        {
            item = state.GetItem(item, part);
            if (item.IsUndefined && !_default.IsMissing && !_default.IsNone)
            {
                item = _default;
            }
        }

        return item;
    }

    private static Value Part(string text) => text.Length > 0 && text.All(char.IsDigit)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : Value.From(text);
}
