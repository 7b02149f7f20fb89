using System.Collections.Concurrent;
using System.Collections.Frozen;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja;

/// <summary>
/// Filters, tests, globals, tags and settings that templates share. Immutable; one instance serves any number of threads.
/// </summary>
internal sealed class JinjaEnvironment
{
    private readonly ConcurrentDictionary<string, Template> _loaded = new(StringComparer.Ordinal);

    public JinjaEnvironment(JinjaOptions? options = null)
    {
        Options = options ?? new JinjaOptions();
        Filters = Merge(StandardFilters.All, Options.Filters);
        Tests = Merge(StandardTests.All, Options.Tests);
        Globals = Merge(StandardGlobals.All, Options.Globals);
        Tags = Options.Tags.ToFrozenDictionary(tag => tag.Name, StringComparer.Ordinal);
    }

    public JinjaOptions Options { get; }

    public FrozenDictionary<string, JinjaFilter> Filters { get; }

    public FrozenDictionary<string, JinjaTest> Tests { get; }

    public FrozenDictionary<string, Value> Globals { get; }

    public FrozenDictionary<string, ExtensionTag> Tags { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The template's text.</param>
    /// <param name="name">Its name in error messages.</param>
    /// <param name="tag">Anything the host wants to find again at <see cref="Template.Tag"/>.</param>
    /// <exception cref="JinjaException">A syntax error.</exception>
    public Template Parse(string source, string name = "<template>", object? tag = null) => Parser.Parse(this, source, name, tag);

    /// <summary>Parses a single expression, such as <c>var('x') == 1</c>. Evaluate it with <see cref="Template.Evaluate"/>.</summary>
    public Template ParseExpression(string source, string name = "<expression>", object? tag = null) =>
        Parser.ParseExpression(this, source, name, tag);

    /// <summary>The template of that name from the loader, parsed once.</summary>
    /// <exception cref="JinjaException">There is none, or a syntax error.</exception>
    public Template GetTemplate(string name) => TryGetTemplate(name)
        ?? throw new JinjaException(JinjaErrorKind.TemplateNotFound, name);

    internal Template? TryGetTemplate(string name)
    {
        if (_loaded.TryGetValue(name, out var template))
        {
            return template;
        }

        return Options.Loader?.Load(name) is { } source ? _loaded.GetOrAdd(name, Parse(source, name)) : null;
    }

    /// <summary>Starts a rendering in which several templates and macros can run, sharing limits and host state.</summary>
    public RenderState CreateState(RenderOptions? options = null, CancellationToken cancellationToken = default) =>
        new(this, options ?? RenderOptions.Empty, cancellationToken);

    private static FrozenDictionary<string, T> Merge<T>(IEnumerable<KeyValuePair<string, T>> standard, IEnumerable<KeyValuePair<string, T>> added)
    {
        var all = new Dictionary<string, T>(standard, StringComparer.Ordinal);
        foreach (var (name, item) in added)
        {
            all[name] = item;
        }

        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
