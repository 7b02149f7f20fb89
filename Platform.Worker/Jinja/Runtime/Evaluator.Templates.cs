using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <content>This part deals with other templates and with macro parameters.</content>
internal sealed partial class Evaluator
{
    private void Extends(ExtendsStatement extends, Scope scope)
    {
        if (_parentTemplate is not null)
        {
            throw new JinjaException(JinjaErrorKind.RuntimeError, "extended multiple times");
        }

        var name = Evaluate(extends.Template, scope);
        state.Position = extends.Position;
        _parentTemplate = state.Environment.GetTemplate(TemplateName(name));
        _muted = true;
    }

    private Flow Include(IncludeStatement include, Scope scope)
    {
        var names = Evaluate(include.Template, scope);
        state.Position = include.Position;
        if (SelectTemplate(names, include.IgnoreMissing) is not { } template)
        {
            return Flow.Next;
        }

        if (!include.WithContext)
        {
            var module = Module(template);
            if (!_muted)
            {
                state.Output.Append(module.Text);
            }

            return Flow.Next;
        }

        var mark = state.Output.Length;
        InTemplate(template, new TemplateContext(WithLocals(scope, include.Visible), scope.Context.SeesVariables));
        if (_muted)
        {
            state.Output.Truncate(mark);
        }

        return state.IsReturning ? Flow.Return : Flow.Next;
    }

    private ModuleValue Import(Expression source, bool withContext, ScopeLayout visible, Scope scope)
    {
        var name = Evaluate(source, scope);
        state.Position = source.Position;
        var template = state.Environment.GetTemplate(TemplateName(name));
        return withContext
            ? Load(template, new TemplateContext(WithLocals(scope, visible), scope.Context.SeesVariables))
            : Module(template);
    }

    private void FromImport(FromImportStatement import, Scope scope)
    {
        var module = Import(import.Template, import.WithContext, import.Visible, scope);
        foreach (var (name, target) in import.Names)
        {
            if (!module.TryGetAttribute(state, name, out var value))
            {
                var hint = $"the template {module.Repr()["<TemplateModule ".Length..^1]} (imported on {Place(import.Position)})"
                    + $" does not export the requested name '{name}'";
                value = state.MakeUndefined(name, hint);
            }

            AssignImported(target, value, scope);
        }
    }

    private string Place(int position) => state.CurrentTemplate is { } template
        ? $"line {template.Locate(position).Line} in {PythonString.Repr(template.Name)}"
        : "an unknown line";

    private void AssignImported(AssignmentTarget target, Value value, Scope scope)
    {
        if (target is NameTarget { Slot: < 0 } name)
        {
            scope.Context.SetImported(name.Name, value);
            return;
        }

        Assign(target, value, scope);
    }

    /// <summary>The template run once on its own in this rendering, with globals but without the variables.</summary>
    private ModuleValue Module(Template template)
    {
        if (!_modules.TryGetValue(template, out var module))
        {
            module = Load(template, new TemplateContext(null, seesVariables: false));
            _modules.Add(template, module);
        }

        return module;
    }

    private ModuleValue Load(Template template, TemplateContext context)
    {
        var mark = state.Output.Length;
        InTemplate(template, context);
        return new ModuleValue(template, context, state.Output.Cut(mark));
    }

    private void InTemplate(Template template, TemplateContext context)
    {
        state.Enter(template.Name, template, null);
        var muted = _muted;
        _muted = false;
        try
        {
            RenderRoot(template, context);
        }
        catch (JinjaException error) when (state.Annotate(error))
        {
            throw;
        }
        finally
        {
            _muted = muted;
            state.Leave();
        }
    }

    private static string TemplateName(Value name) => name.As<UndefinedValue>() is { } undefined
        ? throw undefined.Error()
        : name.TryGetString(out var text)
            ? text
            : throw new JinjaException(JinjaErrorKind.TypeError, $"a template name must be str, not {name.TypeName}");

    private Template? SelectTemplate(Value names, bool ignoreMissing)
    {
        if (names.IsString || names.IsUndefined)
        {
            var name = names.IsUndefined && ignoreMissing ? string.Empty : TemplateName(names);
            var template = state.Environment.TryGetTemplate(name);
            return template is null && !ignoreMissing ? throw new JinjaException(JinjaErrorKind.TemplateNotFound, name) : template;
        }

        var tried = new List<string>();
        foreach (var candidate in names.Iterate())
        {
            var name = TemplateName(candidate);
            if (state.Environment.TryGetTemplate(name) is { } template)
            {
                return template;
            }

            tried.Add(name);
        }

        return ignoreMissing
            ? null
            : throw new JinjaException(
                JinjaErrorKind.TemplateNotFound,
                tried.Count == 0
                    ? "Tried to select from an empty list of templates."
                    : $"none of the templates given were found: {string.Join(", ", tried)}");
    }

    /// <summary>The context as seen from inside a scope, for code that runs elsewhere: an included template, a scoped block.</summary>
    private static TemplateContext WithLocals(Scope scope, ScopeLayout? layout)
    {
        var locals = new Dictionary<string, Value>(StringComparer.Ordinal);
        var holder = scope;
        for (; layout is not null && layout.Kind != ScopeKind.Root; layout = layout.Parent)
        {
            if (layout.Count == 0)
            {
                continue;
            }

            for (var i = 0; i < layout.Count; i++)
            {
                if (!holder.Slots[i].IsMissing)
                {
                    locals.TryAdd(layout.Names[i], holder.Slots[i]);
                }
            }

            holder = holder.Parent!;
        }

        return new TemplateContext(scope.Context, scope.Context.SeesVariables) { Variables = locals, Blocks = scope.Context.Blocks };
    }

    private void BindParameters(MacroDefinition macro, Scope scope, Arguments arguments)
    {
        var parameters = macro.Parameters;
        var positional = arguments.Positional;
        var used = 0;
        var slots = scope.Slots;
        for (var i = 0; i < parameters.Count; i++)
        {
            if (i < positional.Length)
            {
                slots[parameters[i].Slot] = positional[i];
            }
            else if (arguments.TryGetNamed(parameters[i].Name, out var named))
            {
                slots[parameters[i].Slot] = named;
                used++;
            }
        }

        var specials = macro.Specials;
        if (specials.Caller >= 0)
        {
            var has = arguments.TryGetNamed("caller", out var caller) && !caller.IsNone;
            used += arguments.TryGetNamed("caller", out _) ? 1 : 0;
            slots[specials.Caller] = has ? caller : state.MakeUndefined("caller", "No caller defined");
        }

        if (specials.Kwargs >= 0 || used < arguments.Named.Length)
        {
            BindSurplus(macro, slots, arguments, specials);
        }

        if (specials.Varargs >= 0)
        {
            slots[specials.Varargs] = new TupleValue(positional[Math.Min(parameters.Count, positional.Length)..]);
        }
        else if (positional.Length > parameters.Count)
        {
            throw new JinjaException(
                JinjaErrorKind.TypeError, $"macro '{macro.Name}' takes not more than {parameters.Count} argument(s)");
        }

        for (var i = positional.Length; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            if (slots[parameter.Slot].IsMissing)
            {
                slots[parameter.Slot] = parameter.Default is null
                    ? state.MakeUndefined(parameter.Name, $"parameter '{parameter.Name}' was not provided")
                    : Evaluate(parameter.Default, scope);
            }
        }
    }

    private static void BindSurplus(MacroDefinition macro, Value[] slots, Arguments arguments, MacroDefinition.SpecialSlots specials)
    {
        var surplus = new DictValue();
        for (var i = 0; i < arguments.Named.Length; i++)
        {
            var (name, value) = arguments.Named[i];
            var index = IndexOf(macro.Parameters, name);
            if ((index >= 0 && index >= arguments.Count) || (name == "caller" && specials.Caller >= 0))
            {
                continue;
            }

            if (specials.Kwargs < 0)
            {
                throw new JinjaException(
                    JinjaErrorKind.TypeError,
                    name == "caller"
                        ? $"macro '{macro.Name}' was invoked with two values for the special caller argument. This is most likely a bug."
                        : $"macro '{macro.Name}' takes no keyword argument '{name}'");
            }

            surplus[name] = value;
        }

        if (specials.Kwargs >= 0)
        {
            slots[specials.Kwargs] = surplus;
        }
    }

    private static int IndexOf(IReadOnlyList<MacroParameter> parameters, string name)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
