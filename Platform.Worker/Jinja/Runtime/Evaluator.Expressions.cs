using System.Runtime.CompilerServices;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>Walks the syntax tree. This part evaluates expressions to values.</summary>
internal sealed partial class Evaluator(RenderState state)
{
    private Value _captured;

    public Value GetAttribute(Value target, string name)
    {
        if (TryGetAttribute(target, name, out var value) || target.Object?.TryGetItem(state, name, out value) == true)
        {
            return value;
        }

        return new UndefinedValue(state.Undefined, target, name);
    }

    public Value GetItem(Value target, Value key)
    {
        Value value = default;
        var found = target.TryGetString(out var text)
            ? PythonString.TryIndex(text, key, out value)
            : target.Object?.TryGetItem(state, key, out value) == true;
        if (found || (key.IsString && TryGetAttribute(target, key.AsString(), out value)))
        {
            return value;
        }

        return new UndefinedValue(state.Undefined, target, key);
    }

    private bool TryGetAttribute(Value target, string name, out Value value)
    {
        if (target.Object is { } container)
        {
            return container.TryGetAttribute(state, name, out value);
        }

        if (target.IsString)
        {
            return StringMethods.Table.TryBind(target, name, out value);
        }

        value = default;
        return target.IsNumber && NumberMethods.TryBind(target, name, out value);
    }

    private Value Evaluate(Expression expression, Scope scope)
    {
        switch (expression.Kind)
        {
            case ExpressionKind.Literal:
                return Unsafe.As<LiteralExpression>(expression).Value;
            case ExpressionKind.Name:
                return Lookup(Unsafe.As<NameExpression>(expression), scope);
            case ExpressionKind.CapturedText:
                return _captured;
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException(JinjaErrorKind.RecursionLimit, "the expression is nested too deeply");
        }

        switch (expression)
        {
            case AttributeExpression attribute:
                var owner = Evaluate(attribute.Target, scope);
                state.Position = attribute.Position;
                return GetAttribute(owner, attribute.Name);
            case CallExpression call:
                return Call(call, scope);
            case ItemExpression item:
                var container = Evaluate(item.Target, scope);
                var key = Evaluate(item.Key, scope);
                state.Position = item.Position;
                return GetItem(container, key);
            case FilterExpression filter:
                return Filter(filter, scope);
            case TestExpression test:
                return Test(test, scope);
            case BinaryExpression binary:
                var left = Evaluate(binary.Left, scope);
                var right = Evaluate(binary.Right, scope);
                state.Position = binary.Position;
                return Operators.Binary(state, binary.Operator, left, right);
            case CompareExpression compare:
                return Compare(compare, scope);
            case LogicalExpression logical:
                var first = Evaluate(logical.Left, scope);
                state.Position = logical.Position;
                return first.IsTrue == (logical.Kind == ExpressionKind.Or) ? first : Evaluate(logical.Right, scope);
            case ConditionalExpression conditional:
                return Conditional(conditional, scope);
            case ConcatExpression concat:
                return Concat(concat, scope);
            case UnaryExpression unary:
                var operand = Evaluate(unary.Operand, scope);
                state.Position = unary.Position;
                return unary.Kind switch
                {
                    ExpressionKind.Not => !operand.IsTrue,
                    ExpressionKind.Negate => Operators.Negate(operand),
                    _ => Operators.Plus(operand),
                };
            case SliceExpression slice:
                return Slice(slice, scope);
            case ListExpression list:
                return new ListValue([.. EvaluateAll(list.Items, scope)]);
            case TupleExpression tuple:
                return tuple.Items.Length == 0 ? TupleValue.Empty : new TupleValue(EvaluateAll(tuple.Items, scope));
            case DictExpression dict:
                return Dict(dict, scope);
            default:
                throw new InvalidOperationException($"no evaluation for {expression.Kind}");
        }
    }

    private Value Lookup(NameExpression name, Scope scope)
    {
        foreach (var (hops, slot) in name.Slots)
        {
            var holder = scope;
            for (var i = 0; i < hops; i++)
            {
                holder = holder.Parent!;
            }

            ref var value = ref holder.Slots[slot];
            if (!value.IsMissing)
            {
                return value;
            }
        }

        state.Position = name.Position;
        state.CurrentScope = scope;
        if (state.TryLookup(scope.Context, name.Name, out var found))
        {
            return found;
        }

        return name.Name == "self" ? new SelfReference(scope.Context, this) : state.MakeUndefined(name.Name);
    }

    private Value[] EvaluateAll(Expression[] expressions, Scope scope)
    {
        var values = new Value[expressions.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Evaluate(expressions[i], scope);
        }

        return values;
    }

    private DictValue Dict(DictExpression expression, Scope scope)
    {
        var dict = new DictValue();
        foreach (var (keyExpression, valueExpression) in expression.Pairs)
        {
            var key = Evaluate(keyExpression, scope);
            var value = Evaluate(valueExpression, scope);
            state.Position = expression.Position;
            dict[key] = value;
        }

        return dict;
    }

    private Value Conditional(ConditionalExpression expression, Scope scope)
    {
        var test = Evaluate(expression.Test, scope);
        state.Position = expression.Position;
        if (test.IsTrue)
        {
            return Evaluate(expression.Then, scope);
        }

        return expression.Otherwise is { } otherwise
            ? Evaluate(otherwise, scope)
            : state.MakeUndefined(
                string.Empty, $"the inline if-expression on {Place(expression.Position)} evaluated to false and no else section was defined.");
    }

    private Value Concat(ConcatExpression expression, Scope scope)
    {
        var parts = new string[expression.Items.Length];
        var size = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            var part = Evaluate(expression.Items[i], scope);
            state.Position = expression.Position;
            parts[i] = _autoescape ? Html.Escape(part) : part.ToString();
            size += parts[i].Length;
        }

        state.CheckSize(size);
        state.StepText(size);
        var text = string.Concat(parts);
        return _autoescape ? Value.Markup(text) : text;
    }

    private Value Compare(CompareExpression expression, Scope scope)
    {
        var left = Evaluate(expression.First, scope);
        foreach (var (op, operand) in expression.Rest)
        {
            var right = Evaluate(operand, scope);
            state.Position = expression.Position;
            var holds = op switch
            {
                CompareOperator.Equal => left.Equals(right),
                CompareOperator.NotEqual => !left.Equals(right),
                CompareOperator.Less => Operators.Ordered(left, right, "<"),
                CompareOperator.LessOrEqual => Operators.Ordered(left, right, "<="),
                CompareOperator.Greater => Operators.Ordered(left, right, ">"),
                CompareOperator.GreaterOrEqual => Operators.Ordered(left, right, ">="),
                CompareOperator.In => Operators.Contains(state, right, left),
                _ => !Operators.Contains(state, right, left),
            };
            if (!holds)
            {
                return Value.False;
            }

            left = right;
        }

        return Value.True;
    }

    private Value Slice(SliceExpression expression, Scope scope)
    {
        var target = Evaluate(expression.Target, scope);
        var start = expression.Start is null ? default : Evaluate(expression.Start, scope);
        var stop = expression.Stop is null ? default : Evaluate(expression.Stop, scope);
        var step = expression.Step is null ? default : Evaluate(expression.Step, scope);
        state.Position = expression.Position;
        if (target.TryGetString(out var text))
        {
            return PythonString.Slice(text, start, stop, step);
        }

        if (target.As<UndefinedValue>() is { } undefined)
        {
            return undefined.Behavior is UndefinedBehavior.Chainable or UndefinedBehavior.Lenient ? target : throw undefined.Error();
        }

        if (target.Object is { IsSequence: true, Length: { } length } sequence
            && sequence.Slice(SliceBounds.Resolve(start, stop, step, length)) is { } part)
        {
            return part;
        }

        throw new JinjaException(JinjaErrorKind.TypeError, $"'{target.TypeName}' object is not subscriptable");
    }

    private Value Call(CallExpression call, Scope scope, Value caller = default)
    {
        Value result;
        if (call.Target is AttributeExpression method)
        {
            var owner = Evaluate(method.Target, scope);
            var arguments = Arguments(call.Arguments, scope, caller);
            state.Position = method.Position;
            state.CurrentScope = scope;
            if (!TryCallMethod(owner, method.Name, arguments, out result))
            {
                result = state.Invoke(GetAttribute(owner, method.Name), arguments);
            }
        }
        else
        {
            var callee = Evaluate(call.Target, scope);
            var arguments = Arguments(call.Arguments, scope, caller);
            state.Position = call.Target.Position;
            state.CurrentScope = scope;
            result = state.Invoke(callee, arguments);
        }

        return state.IsReturning && !call.IsTail ? throw new MacroReturnSignal() : result;
    }

    private bool TryCallMethod(Value owner, string name, Arguments arguments, out Value result)
    {
        if (owner.Object is { } target)
        {
            return state.TryInvokeMethod(target, name, arguments, out result);
        }

        result = default;
        if (!owner.IsString)
        {
            return false;
        }

        state.Step();
        state.StepText(owner.AsString().Length);
        try
        {
            return StringMethods.Table.TryCall(state, owner, name, arguments, out result);
        }
        catch (Exception error) when (RenderState.IsForeign(error))
        {
            throw RenderState.Wrap(error);
        }
    }

    private Arguments Arguments(CallArguments written, Scope scope, Value caller = default)
    {
        var positional = written.Positional.Length == 0 ? null : EvaluateAll(written.Positional, scope);
        if (written.Named.Length == 0 && written.Spread is null && written.SpreadNamed is null)
        {
            return new Arguments(positional, caller.IsMissing ? null : [new NamedValue("caller", caller)]);
        }

        var named = new List<NamedValue>(written.Named.Length + 1);
        foreach (var (name, expression) in written.Named)
        {
            named.Add(new NamedValue(name, Evaluate(expression, scope)));
        }

        if (written.Spread is not null)
        {
            positional = [.. positional ?? [], .. Spread(Evaluate(written.Spread, scope))];
        }

        if (!caller.IsMissing)
        {
            named.Add(new NamedValue("caller", caller));
        }

        if (written.SpreadNamed is not null)
        {
            SpreadNamed(Evaluate(written.SpreadNamed, scope), named);
        }

        return new Arguments(positional, named.Count == 0 ? null : [.. named]);
    }

    private List<Value> Spread(Value items) => items.IsIterable
        ? state.Collect(items)
        : throw new JinjaException(JinjaErrorKind.TypeError, $"Value after * must be an iterable, not {items.TypeName}");

    private void SpreadNamed(Value mapping, List<NamedValue> named)
    {
        if (mapping.Object is not { IsMapping: true } source)
        {
            throw new JinjaException(
                JinjaErrorKind.TypeError, $"argument after ** must be a mapping, not {mapping.TypeName}");
        }

        foreach (var key in source.Iterate() ?? [])
        {
            state.Step();
            if (!key.TryGetString(out var name))
            {
                throw new JinjaException(JinjaErrorKind.TypeError, "keywords must be strings");
            }

            if (named.Exists(argument => argument.Name == name))
            {
                throw new JinjaException(JinjaErrorKind.TypeError, $"got multiple values for keyword argument '{name}'");
            }

            source.TryGetItem(state, key, out var value);
            named.Add(new NamedValue(name, value));
        }
    }

    private Value Filter(FilterExpression expression, Scope scope)
    {
        var input = Evaluate(expression.Target, scope);
        var arguments = Arguments(expression.Arguments, scope);
        state.Position = expression.Position;
        state.CurrentScope = scope;
        if (!state.Environment.Filters.TryGetValue(expression.Name, out var filter))
        {
            throw new JinjaException(JinjaErrorKind.RuntimeError, $"No filter named '{expression.Name}' found.");
        }

        state.Step();
        if (input.TryGetString(out var text))
        {
            state.StepText(text.Length);
        }

        try
        {
            return filter(state, input, arguments);
        }
        catch (Exception error) when (RenderState.IsForeign(error))
        {
            throw RenderState.Wrap(error);
        }
    }

    private Value Test(TestExpression expression, Scope scope)
    {
        var input = Evaluate(expression.Target, scope);
        var arguments = Arguments(expression.Arguments, scope);
        state.Position = expression.Position;
        state.CurrentScope = scope;
        if (!state.Environment.Tests.TryGetValue(expression.Name, out var test))
        {
            throw new JinjaException(JinjaErrorKind.RuntimeError, $"No test named '{expression.Name}' found.");
        }

        state.Step();
        try
        {
            return test(state, input, arguments);
        }
        catch (Exception error) when (RenderState.IsForeign(error))
        {
            throw RenderState.Wrap(error);
        }
    }
}
