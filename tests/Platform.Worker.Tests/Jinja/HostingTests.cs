using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Tests.Jinja;

/// <summary>What a host builds on: functions, objects, macros called from C#, return, tags, resolvers, static calls.</summary>
public sealed class HostingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly Dictionary<string, Value> s_globals = new()
    {
        ["return"] = new HostFunction("return", (state, arguments) => state.Return(arguments[0])),
        ["statement"] = new HostFunction("statement", (state, arguments) =>
            $"<{arguments[0]}:{state.Call(arguments.Caller)}:{(arguments.TryGetNamed("fetch_result", out var fetch) ? fetch : Value.None)}>"),
        ["adapter"] = new HostObject("adapter")
        {
            { "version", "15" },
            { "dispatch", (state, arguments) => state.Lookup("default__" + arguments[0]) },
            { "fails", (state, arguments) => throw new InvalidOperationException("connection lost") },
        },
        ["run_body"] = new HostFunction("run_body", (state, arguments) =>
        {
            var result = state.Call(arguments.Caller);
            return $"never reached with {result}";
        }),
    };

    private static readonly JinjaEnvironment s_environment = new(new JinjaOptions
    {
        Globals = s_globals,
        Tags = [new MacroTag("test", name => "test_" + name), new NamedBlockTag("docs"), new MaterializationTag(), new NamedBlockTag("snapshot")],
    });

    [Theory]
    [InlineData("{% macro m() %}text{{ return(1 + 1) }}more{% endmacro %}{{ m() + 1 }}", "3")]
    [InlineData("{% macro m() %}{% do return([1, 2]) %}{% endmacro %}{{ m()[1] }}", "2")]
    [InlineData("{% macro m() %}{% set x = return('a') %}b{% endmacro %}{{ m() }}", "a")]
    [InlineData("{% macro m(l) %}{% for x in l %}{% if x > 1 %}{{ return(x) }}{% endif %}{% endfor %}{% endmacro %}{{ m([1, 2, 3]) }}", "2")]
    [InlineData("{% macro m(x) %}{{ return('t') if x else return('f') }}{% endmacro %}{{ m(1) }}{{ m(0) }}", "tf")]
    [InlineData("{% macro m() %}{{ [return(5)] }}never{% endmacro %}{{ m() }}", "5")]
    [InlineData("{% macro m() %}{{ return(5) | string }}never{% endmacro %}{{ m() is number }}", "True")]
    [InlineData("{% macro m() %}{% set t %}a{{ return(1) }}{% endset %}{% endmacro %}{{ m() }}", "1")]
    [InlineData("{% macro m() %}{% filter upper %}a{{ return('b') }}{% endfilter %}{% endmacro %}{{ m() }}", "b")]
    [InlineData("{% macro m() %}{% with x = 1 %}{{ return(x) }}{% endwith %}{% endmacro %}{{ m() }}", "1")]
    [InlineData("{% macro a() %}{{ return(b() ~ '!') }}{% endmacro %}{% macro b() %}{{ return('b') }}{% endmacro %}{{ a() }}", "b!")]
    [InlineData("{% macro w() %}<{{ caller() }}>{% endmacro %}{% macro m() %}{% call w() %}{{ return(1) }}{% endcall %}x{% endmacro %}[{{ m() }}]", "[1x]")]
    [InlineData("{% macro m() %}{{ return(none) }}{% endmacro %}{{ m() is none }}", "True")]
    public void Return_InMacro_EndsItWithTheValue(string source, string expected) => Assert.Equal(expected, s_environment.Parse(source).Render(cancellationToken: Token));

    [Fact]
    public void Return_InCallBlockOfHostFunction_UnwindsTheHostFunction()
    {
        var template = s_environment.Parse("{% macro m() %}a{% call run_body() %}{{ return(7) }}{% endcall %}b{% endmacro %}{{ m() }}");

        Assert.Equal("7", template.Render(cancellationToken: Token));
    }

    [Theory]
    [InlineData("\n{{ return(1) }}")]
    [InlineData("\n{{ [return(1)] }}")]
    public void Return_OutsideOfMacro_IsAnError(string source)
    {
        var error = Assert.Throws<JinjaException>(() => s_environment.Parse(source).Render(cancellationToken: Token));

        Assert.Equal((JinjaErrorKind.RuntimeError, 2), (error.Kind, error.Line));
    }

    [Theory]
    [InlineData("return(1)")]
    [InlineData("[return(1)]")]
    public void Return_InExpression_IsAnError(string source) => Assert.Equal(
        JinjaErrorKind.RuntimeError, Assert.Throws<JinjaException>(() => s_environment.ParseExpression(source).Evaluate(cancellationToken: Token)).Kind);

    [Fact]
    public void CallBlock_OnHostFunction_ReceivesTheBodyAndArguments()
    {
        var text = s_environment.Parse("{% set t = 'orders' %}{% call statement('main', fetch_result=True) %}select * from {{ t }}{% endcall %}").Render(cancellationToken: Token);

        Assert.Equal("<main:select * from orders:True>", text);
    }

    [Fact]
    public void HostObject_MembersAndCallOnCall_Work()
    {
        var template = s_environment.Parse(
            "{% macro default__cents(x) %}{{ x }} / 100{% endmacro %}{{ adapter.dispatch('cents')('amount') }} {{ adapter.version }} {{ adapter.nope is defined }}");

        Assert.Equal("amount / 100 15 False", template.Render(cancellationToken: Token));
    }

    [Fact]
    public void HostFunction_ThatThrows_BecomesHostErrorWithPlaceAndCause()
    {
        var error = Assert.Throws<JinjaException>(() => s_environment.Parse("a\n  {{ adapter.fails() }}", "model.sql").Render(cancellationToken: Token));

        Assert.Equal(JinjaErrorKind.HostError, error.Kind);
        Assert.IsType<InvalidOperationException>(error.InnerException);
        Assert.Equal("HostError: connection lost\n  --> model.sql:2:14\n  |\n2 |   {{ adapter.fails() }}\n  |              ^", error.Describe());
    }

    [Fact]
    public void Error_InNestedMacros_NamesTheCalls()
    {
        var macros = s_environment.Parse("{% macro outer() %}\n{{ inner() }}\n{% endmacro %}\n{% macro inner() %}\n{{ 1 / 0 }}\n{% endmacro %}", "macros.sql");
        var options = new RenderOptions { Resolver = new MacroResolver(macros) };

        var error = Assert.Throws<JinjaException>(() => s_environment.Parse("select\n{{ outer() }}", "model.sql").Render(options, Token));

        Assert.Equal(("macros.sql", 5, 6), (error.TemplateName, error.Line, error.Column));
        Assert.Equal([new JinjaTraceFrame("inner", "macros.sql", 2), new JinjaTraceFrame("outer", "model.sql", 2)], error.CallStack);
    }

    [Fact]
    public void Macro_CalledFromHost_GivesTextOrReturnedValue()
    {
        var template = s_environment.Parse("{% macro text(a, b=2) %}{{ a }}-{{ b }}{{ v }}{% endmacro %}{% macro value(x) %}{{ return([x]) }}{% endmacro %}");
        using var state = s_environment.CreateState(new RenderOptions { Variables = new Dictionary<string, Value> { ["v"] = "!" } }, Token);

        Assert.Equal("1-3!", state.Call(template.Macros[0], new Arguments([1], [new NamedValue("b", 3)])).AsString());
        Assert.Equal("[7]", state.Call(template.Macros[1], new Arguments(7)).ToString());
    }

    [Fact]
    public void Macros_AreKnownWithoutRendering()
    {
        var template = s_environment.Parse("{% macro a(x, y='k', z=[1]) %}{{ varargs }}{% endmacro %}\n\n{% test positive(model) %}select{% endtest %}");

        Assert.Collection(
            template.Macros,
            macro =>
            {
                Assert.Equal(("a", "macro", 1, true, false), (macro.Name, macro.TagName, macro.Line, macro.UsesVarargs, macro.UsesKwargs));
                Assert.Equal(["x", "y", "z"], macro.Parameters.Select(parameter => parameter.Name));
                Assert.Equal(Value.From("k"), macro.Parameters[1].LiteralDefault);
                Assert.Equal("{% macro a(x, y='k', z=[1]) %}{{ varargs }}{% endmacro %}", macro.Source);
            },
            macro => Assert.Equal(("test_positive", "test", 3), (macro.Name, macro.TagName, macro.Line)));
    }

    [Fact]
    public void ExtensionTag_WithItsOwnSignature_DefinesMacroWithMetadata()
    {
        var template = s_environment.Parse("{% materialization table, adapter='postgres' %}{{ return('made') }}{% endmaterialization %}");
        using var state = s_environment.CreateState(cancellationToken: Token);

        var macro = Assert.Single(template.Macros);
        Assert.Equal("materialization_table_postgres", macro.Name);
        Assert.Equal(Value.From("postgres"), macro.Metadata["adapter"]);
        Assert.Equal("made", state.Call(macro).AsString());
    }

    [Fact]
    public void TaggedBlock_HasTextAndRendersOnItsOwn()
    {
        var template = s_environment.Parse("before\n{% docs orders %}\n# {{ title }}\n{% enddocs %}after{% snapshot s %}x{% set y = 1 %}{{ y }}{% endsnapshot %}");
        var options = new RenderOptions { Variables = new Dictionary<string, Value> { ["title"] = "Orders" } };
        using var state = s_environment.CreateState(options, Token);

        Assert.Equal(["orders", "s"], template.TaggedBlocks.Select(block => block.Name));
        Assert.Equal("\n# {{ title }}\n", template.TaggedBlocks[0].BodyText);
        Assert.Equal("\n# Orders\n", state.Render(template.TaggedBlocks[0].Body));
        Assert.Equal("x1", state.Render(template.TaggedBlocks[1].Body));
        Assert.Equal("before\nafter", template.Render(options, Token));
    }

    [Fact]
    public void TaggedBlock_ErrorsNameLinesOfTheFile()
    {
        var template = s_environment.Parse("\n\n{% docs d %}\n{{ 1 / 0 }}{% enddocs %}", "schema.md");
        using var state = s_environment.CreateState(cancellationToken: Token);

        var error = Assert.Throws<JinjaException>(() => state.Render(template.TaggedBlocks[0].Body));

        Assert.Equal(("schema.md", 4), (error.TemplateName, error.Line));
    }

    [Fact]
    public void Resolver_IsAskedWithTheTemplateThatUsesTheName()
    {
        var package = s_environment.Parse("{% macro where() %}{{ who }}{% endmacro %}", "package/macros.sql", tag: "package");
        var options = new RenderOptions { Resolver = new TagResolver(package) };

        Assert.Equal("root package", s_environment.Parse("{{ who }} {{ where() }}", tag: "root").Render(options, Token));
    }

    [Fact]
    public void Variables_ComeBeforeResolverAndGlobals()
    {
        var options = new RenderOptions
        {
            Variables = new Dictionary<string, Value> { ["range"] = "variable" },
            Resolver = new TagResolver(s_environment.Parse(string.Empty)),
        };

        Assert.Equal("variable tagged", s_environment.Parse("{{ range }} {{ who }}", tag: "tagged").Render(options, Token));
    }

    [Fact]
    public void Expression_EvaluatesToAValue()
    {
        var options = new RenderOptions { Variables = new Dictionary<string, Value> { ["x"] = 20 } };

        Assert.Equal("[21, 'a']", s_environment.ParseExpression("[x + 1, 'a']").Evaluate(options, Token).Repr());
    }

    [Fact]
    public void StaticCalls_AreFoundWithLiteralArguments()
    {
        var template = s_environment.Parse("""
            {{ config(materialized='table', tags=['a', "b"], meta={'k': -1}) }}
            select * from {{ ref('orders') }} {% if x %}join {{ ref('pkg', name) }}{% endif %}
            {% macro m() %}{% for t in [source('a', 'b')] %}{% endfor %}{% endmacro %}{{ adapter.dispatch('f')(ref(model='x', v=2)) }}
            """);

        var calls = template.FindCalls("ref", "source", "config", "adapter.dispatch").ToList();

        Assert.Equal(["config", "ref", "ref", "source", "adapter.dispatch", "ref"], calls.Select(call => call.Function));
        Assert.Equal([true, true, false, true, true, true], calls.Select(call => call.IsLiteral));
        Assert.Equal("['a', 'b']", calls[0].Named["tags"]!.Value.ToString());
        Assert.Equal("{'k': -1}", calls[0].Named["meta"]!.Value.ToString());
        Assert.Equal((2, 18), (calls[1].Line, calls[1].Column - "ref".Length));
        Assert.Equal(Value.From("pkg"), calls[2].Positional[0]);
        Assert.Null(calls[2].Positional[1]);
        Assert.Equal(Value.From(2), calls[5].Named["v"]);
    }

    [Fact]
    public void Lenient_UndefinedMayBeCalledAndChained()
    {
        var options = new RenderOptions { Undefined = UndefinedBehavior.Lenient };

        Assert.Equal("[]False", s_environment.Parse("[{{ nope(1).a['b']() }}]{{ nope.x() is defined }}").Render(options, Token));
    }

    [Fact]
    public void Host_StateAndPlaceAreVisibleToFunctions()
    {
        var seen = new List<string>();
        var environment = new JinjaEnvironment(new JinjaOptions
        {
            Globals = new Dictionary<string, Value>
            {
                ["spy"] = new HostFunction("spy", (state, _) =>
                {
                    seen.Add($"{state.Host} {state.CurrentTemplate!.Name}:{state.CurrentLine} {state.CurrentMacro?.Name ?? "-"} {state.Lookup("v")}");
                    return Value.EmptyString;
                }),
            },
        });

        environment.Parse("{% set v = 1 %}{{ spy() }}\n{% macro m() %}{{ spy() }}{% endmacro %}\n{{ m() }}", "t.sql").Render(new RenderOptions { Host = "node" }, Token);

        Assert.Equal(["node t.sql:1 - 1", "node t.sql:2 m 1"], seen);
    }

    [Fact]
    public void Newlines_OfAnyKindBecomeLineFeeds() => Assert.Equal("a\nb\nc\nd", new JinjaEnvironment().Parse("a\r\nb\rc\nd\r\n").Render(cancellationToken: Token));

    [Fact]
    public void Value_FromClr_TakesPlainData()
    {
        var value = Value.FromClr(new Dictionary<string, object?> { ["a"] = new object?[] { 1, 2.5, 1.10m, null, true, "x" } });

        Assert.Equal("{'a': [1, 2.5, Decimal('1.10'), None, True, 'x']}", value.ToString());
        Assert.Equal(1L, Assert.IsType<List<object?>>(Assert.IsType<Dictionary<string, object?>>(value.ToClr())["a"])[0]);
    }

    private sealed class MaterializationTag() : ExtensionTag("materialization")
    {
        public override void Parse(TagParser parser)
        {
            var name = parser.ExpectName();
            var adapter = "default";
            while (parser.SkipIf(TokenKind.Comma))
            {
                var option = parser.ExpectName();
                if (option == "adapter")
                {
                    parser.Expect(TokenKind.Assign);
                    adapter = parser.ParseLiteral().AsString();
                }
            }

            parser.DefineMacro($"materialization_{name}_{adapter}", hasSignature: false, new Dictionary<string, Value> { ["adapter"] = adapter });
        }
    }

    private sealed class MacroResolver(Template macros) : IGlobalResolver
    {
        public bool TryResolve(RenderState state, string name, out Value value)
        {
            var macro = macros.Macros.FirstOrDefault(candidate => candidate.Name == name);
            value = macro is null ? default : state.Bind(macro);
            return macro is not null;
        }
    }

    /// <summary>Knows the macros of one template, and <c>who</c>: the tag of the template that asks.</summary>
    private sealed class TagResolver(Template macros) : IGlobalResolver
    {
        public bool TryResolve(RenderState state, string name, out Value value)
        {
            value = name == "who" ? (string?)state.CurrentTemplate?.Tag
                : macros.Macros.FirstOrDefault(candidate => candidate.Name == name) is { } macro ? state.Bind(macro)
                : default(Value);
            return !value.IsMissing;
        }
    }
}
