using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <content>This part runs statements.</content>
internal sealed partial class Evaluator
{
    /// <summary>Set behind <c>extends</c> at the top level: only assignments still have an effect.</summary>
    private bool _muted;
    private bool _autoescape;
    private Template? _parentTemplate;
    private readonly Dictionary<Template, ModuleValue> _modules = [];

    /// <summary>How a list of statements ended.</summary>
    private enum Flow : byte
    {
        Next,
        Break,
        Continue,
        Return,
    }

    /// <summary>Renders a template, then the templates it extends, into the output.</summary>
    public void RenderRoot(Template template, TemplateContext context)
    {
        var (muted, parent) = (_muted, _parentTemplate);
        try
        {
            for (Template? current = template; current is not null; current = _parentTemplate)
            {
                _muted = false;
                _parentTemplate = null;
                if (!ReferenceEquals(current, template))
                {
                    state.Enter(current.Name, current, null);
                }

                context.AddBlocks(current);
                Run(current.Body, new Scope(context));
                if (!ReferenceEquals(current, template))
                {
                    state.Leave();
                }

                if (state.IsReturning)
                {
                    return;
                }
            }
        }
        finally
        {
            (_muted, _parentTemplate) = (muted, parent);
        }
    }

    public Value EvaluateRoot(Template template) => Evaluate(
        template.Expression ?? throw new InvalidOperationException($"'{template.Name}' is a template, not an expression"),
        new Scope(new TemplateContext(null, seesVariables: true)));

    /// <summary>Calls a macro or the body of a call block: its text, or what it returned.</summary>
    public Value CallMacro(MacroDefinition macro, Scope closure, Arguments arguments)
    {
        state.Enter(macro.Name, macro.Template, macro);
        var mark = state.Output.Length;
        var (muted, outer) = (_muted, state.CurrentScope);
        _muted = false;
        try
        {
            var scope = macro.Scope.Count == 0 ? closure : new Scope(closure, macro.Scope.Count);
            BindParameters(macro, scope, arguments);
            if (Run(macro.Body, scope) != Flow.Return)
            {
                var text = state.Output.Cut(mark);
                return _autoescape ? Value.Markup(text) : text;
            }

            // A return in the body of a call block ends the macro around the block.
            return macro.TagName == "call" ? Value.None : state.TakeReturned();
        }
        catch (MacroReturnSignal) when (macro.TagName != "call")
        {
            return state.TakeReturned();
        }
        catch (JinjaException error) when (state.Annotate(error))
        {
            throw;
        }
        finally
        {
            state.Output.Truncate(mark);
            _muted = muted;
            state.CurrentScope = outer;
            state.Leave();
        }
    }

    /// <summary>Renders one version of a template block to a string.</summary>
    public Value RenderBlock(BlockStatement block, TemplateContext context, int depth)
    {
        var mark = state.Output.Length;
        RunBlock(block, context, depth);
        var text = state.Output.Cut(mark);
        return _autoescape ? Value.Markup(text) : text;
    }

    private Flow RunBlock(BlockStatement block, TemplateContext context, int depth)
    {
        state.Enter($"block {block.Name}", block.Template, state.CurrentMacro);
        var (muted, parent) = (_muted, _parentTemplate);
        _muted = false;
        try
        {
            var scope = Inner(new Scope(context), block.Scope);
            if (block.Scope.IsSpecialUsed("self"))
            {
                scope.Slots[block.Scope.IndexOf("self")] = new SelfReference(context, this);
            }

            if (block.Scope.IsSpecialUsed("super"))
            {
                scope.Slots[block.Scope.IndexOf("super")] =
                    BlockReference.At(state, block.Name, context, context.Blocks[block.Name], depth + 1, this);
            }

            return Run(block.Body, scope);
        }
        catch (JinjaException error) when (state.Annotate(error))
        {
            throw;
        }
        finally
        {
            (_muted, _parentTemplate) = (muted, parent);
            state.Leave();
        }
    }

    private static Scope Inner(Scope scope, ScopeLayout layout) => layout.Count == 0 ? scope : new Scope(scope, layout.Count);

    private Flow Run(IReadOnlyList<Statement> body, Scope scope)
    {
        for (var i = 0; i < body.Count; i++)
        {
            var flow = Run(body[i], scope);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope)
    {
        state.Step();
        switch (statement)
        {
            case TextStatement text:
                if (!_muted)
                {
                    state.Output.Append(text.Text);
                }

                return Flow.Next;
            case OutputStatement output:
                return _muted ? Flow.Next : Print(output.Value, scope);
            case SetStatement set:
                var value = Evaluate(set.Value, scope);
                if (state.IsReturning)
                {
                    return Flow.Return;
                }

                Assign(set.Target, value, scope);
                return Flow.Next;
            case IfStatement branches:
                return If(branches, scope);
            case ForStatement loop:
                return For(loop, scope);
            case DoStatement run:
                Evaluate(run.Value, scope);
                return state.IsReturning ? Flow.Return : Flow.Next;
            case BreakStatement:
                return Flow.Break;
            case ContinueStatement:
                return Flow.Continue;
            case MacroStatement macro:
                Assign(macro.Target, new MacroValue(macro.Macro, scope, this), scope);
                return Flow.Next;
            case CallBlockStatement block:
                return CallBlock(block, scope);
            case SetBlockStatement block:
                return SetBlock(block, scope);
            case FilterBlockStatement block:
                return FilterBlock(block, scope);
            case WithStatement with:
                return With(with, scope);
            case AutoescapeStatement autoescape:
                return Autoescape(autoescape, scope);
            case BlockStatement block:
                return Block(block, scope);
            case ExtendsStatement extends:
                Extends(extends, scope);
                return Flow.Next;
            case IncludeStatement include:
                return Include(include, scope);
            case ImportStatement import:
                var module = Import(import.Template, import.WithContext, import.Visible, scope);
                AssignImported(import.Target, module, scope);
                return Flow.Next;
            case FromImportStatement import:
                FromImport(import, scope);
                return Flow.Next;
            default:
                throw new InvalidOperationException($"no way to run {statement.Kind}");
        }
    }

    private Flow Print(Expression expression, Scope scope)
    {
        var value = Evaluate(expression, scope);
        if (state.IsReturning)
        {
            return Flow.Return;
        }

        state.Position = expression.Position;
        state.Output.Append(_autoescape ? Html.Escape(value) : value.ToString());
        return Flow.Next;
    }

    private void Assign(AssignmentTarget target, Value value, Scope scope)
    {
        state.Position = target.Position;
        switch (target)
        {
            case NameTarget { Slot: < 0 } name:
                scope.Context.Set(name.Name, value);
                break;
            case NameTarget name:
                scope.Slots[name.Slot] = value;
                break;
            case NamespaceTarget attribute:
                if (Lookup(attribute.Owner, scope).As<NamespaceValue>() is not { } owner)
                {
                    throw new JinjaException(JinjaErrorKind.RuntimeError, "cannot assign attribute on non-namespace object");
                }

                owner.Attributes[attribute.Attribute] = value;
                break;
            case TupleTarget tuple:
                Unpack(tuple, value, scope);
                break;
        }
    }

    private void Unpack(TupleTarget target, Value value, Scope scope)
    {
        if (!value.IsIterable)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, $"cannot unpack non-iterable {value.TypeName} object");
        }

        var expected = target.Items.Length;
        var items = new Value[expected];
        var count = 0;
        foreach (var item in value.Iterate())
        {
            if (count == expected)
            {
                throw new JinjaException(JinjaErrorKind.ValueError, $"too many values to unpack (expected {expected})");
            }

            items[count++] = item;
        }

        if (count < expected)
        {
            throw new JinjaException(JinjaErrorKind.ValueError, $"not enough values to unpack (expected {expected}, got {count})");
        }

        for (var i = 0; i < expected; i++)
        {
            Assign(target.Items[i], items[i], scope);
        }
    }

    private Flow If(IfStatement statement, Scope scope)
    {
        foreach (var (test, body) in statement.Branches)
        {
            var condition = Evaluate(test, scope);
            state.Position = test.Position;
            if (condition.IsTrue)
            {
                return Run(body, scope);
            }
        }

        return Run(statement.Otherwise, scope);
    }

    private Flow For(ForStatement loop, Scope scope)
    {
        var iterable = Evaluate(loop.Iterable, scope);
        state.Position = loop.Iterable.Position;
        if (!loop.Recursive)
        {
            return Loop(loop, iterable, scope, null, 0);
        }

        return Recurse(iterable, 0);

        Flow Recurse(Value items, int depth)
        {
            Flow flow;
            if (depth > 0)
            {
                state.Enter("loop", state.CurrentTemplate!, state.CurrentMacro);
            }

            try
            {
                flow = Loop(loop, items, scope, RenderDeeper, depth);
            }
            finally
            {
                if (depth > 0)
                {
                    state.Leave();
                }
            }

            return flow;
        }

        Value RenderDeeper(Value items, int depth)
        {
            var mark = state.Output.Length;
            Recurse(items, depth);
            var text = state.Output.Cut(mark);
            return _autoescape ? Value.Markup(text) : text;
        }
    }

    private Flow Loop(ForStatement loop, Value iterable, Scope scope, Func<Value, int, Value>? recurse, int depth)
    {
        if (!iterable.IsIterable)
        {
            throw new JinjaException(JinjaErrorKind.TypeError, $"'{iterable.TypeName}' object is not iterable");
        }

        var items = loop.Test is null ? iterable.Iterate() : Filtered(loop, iterable, scope);
        var slot = loop.LoopSlot;
        var context = slot < 0 ? null : new LoopContext(state, items, loop.Test is null ? iterable.Object : null, recurse, depth);
        using var plain = context is null ? items.GetEnumerator() : null;
        var count = loop.BodyScope.Count;
        var body = Inner(scope, loop.BodyScope);
        var (first, completed) = (true, false);
        while (context?.MoveNext() ?? plain!.MoveNext())
        {
            state.Step();
            if (!first && count > 0)
            {
                if (loop.BodyScope.IsCaptured)
                {
                    body = new Scope(scope, count);
                }
                else
                {
                    Array.Clear(body.Slots);
                }
            }

            first = false;
            if (context is not null)
            {
                body.Slots[slot] = context;
            }

            Assign(loop.Target, context is null ? plain!.Current : context.Current, body);
            var flow = Run(loop.Body, body);
            if (flow == Flow.Return)
            {
                return flow;
            }

            if (flow == Flow.Break)
            {
                break;
            }

            // As in Jinja, `else` also runs when break or continue ended every iteration.
            completed |= flow == Flow.Next;
        }

        return completed ? Flow.Next : Run(loop.Otherwise, Inner(scope, loop.OtherwiseScope));
    }

    private IEnumerable<Value> Filtered(ForStatement loop, Value iterable, Scope scope)
    {
        foreach (var item in iterable.Iterate())
        {
            state.Step();
            var test = new Scope(scope, loop.TestScope!.Count);
            Assign(loop.TestTarget!, item, test);
            if (Evaluate(loop.Test!, test).IsTrue)
            {
                yield return item;
            }
        }
    }

    private Flow CallBlock(CallBlockStatement block, Scope scope)
    {
        var value = Call(block.Call, scope, new MacroValue(block.Caller, scope, this));
        if (state.IsReturning)
        {
            return Flow.Return;
        }

        if (!_muted && !value.IsNone)
        {
            state.Position = block.Position;
            state.Output.Append(_autoescape ? Html.Escape(value) : value.ToString());
        }

        return Flow.Next;
    }

    /// <summary>Runs a body and takes its text; null when the macro around it is returning.</summary>
    private string? Capture(Statement[] body, ScopeLayout layout, Scope scope, out Flow flow)
    {
        var mark = state.Output.Length;
        var muted = _muted;
        _muted = false;
        try
        {
            flow = Run(body, Inner(scope, layout));
        }
        finally
        {
            _muted = muted;
        }

        return flow == Flow.Return ? null : state.Output.Cut(mark);
    }

    private Value ApplyFilter(Expression filter, string text, Scope scope)
    {
        var outer = _captured;
        _captured = _autoescape ? Value.Markup(text) : text;
        var result = Evaluate(filter, scope);
        _captured = outer;
        return result;
    }

    private Flow SetBlock(SetBlockStatement block, Scope scope)
    {
        if (Capture(block.Body, block.Scope, scope, out var flow) is not { } text)
        {
            return flow;
        }

        Value value = _autoescape ? Value.Markup(text) : text;
        Assign(block.Target, block.Filter is null ? value : ApplyFilter(block.Filter, text, scope), scope);
        return flow;
    }

    private Flow FilterBlock(FilterBlockStatement block, Scope scope)
    {
        if (Capture(block.Body, block.Scope, scope, out var flow) is not { } text)
        {
            return flow;
        }

        var value = ApplyFilter(block.Filter, text, scope);
        if (!_muted)
        {
            state.Position = block.Position;
            state.Output.Append(value.ToString());
        }

        return flow;
    }

    private Flow With(WithStatement with, Scope scope)
    {
        var inner = Inner(scope, with.Scope);
        foreach (var (target, expression) in with.Assignments)
        {
            Assign(target, Evaluate(expression, scope), inner);
        }

        return Run(with.Body, inner);
    }

    private Flow Autoescape(AutoescapeStatement statement, Scope scope)
    {
        var outer = _autoescape;
        _autoescape = Evaluate(statement.Value, scope).IsTrue;
        try
        {
            return Run(statement.Body, Inner(scope, statement.Scope));
        }
        finally
        {
            _autoescape = outer;
        }
    }

    private Flow Block(BlockStatement block, Scope scope)
    {
        if (_muted && block.TopLevel)
        {
            return Flow.Next;
        }

        state.Position = block.Position;
        if (!scope.Context.Blocks.TryGetValue(block.Name, out var versions))
        {
            scope.Context.Blocks.Add(block.Name, versions = [block]);
        }

        if (block.Required && versions.Count <= 1)
        {
            throw new JinjaException(JinjaErrorKind.RuntimeError, $"Required block '{block.Name}' not found");
        }

        var context = block.Scoped ? WithLocals(scope, block.Visible) : scope.Context;
        return RunBlock(versions[0], context, 0);
    }
}
