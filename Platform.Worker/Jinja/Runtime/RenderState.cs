using System.Runtime.CompilerServices;
using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Runtime;

/// <summary>
/// One rendering: its limits, its output, and where it is. Host functions receive it, and call macros, look names up and end macros
/// through it. For one thread.
/// </summary>
internal sealed class RenderState : IDisposable
{
    private const int StepsBetweenChecks = 1024;
    private const int CharactersPerStep = 64;
    private const int CharactersPerItem = 16;

    private readonly RenderOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly Evaluator _evaluator;
    private readonly List<CallFrame> _calls = [];
    private readonly Dictionary<Template, Scope> _bound = [];
    private long _steps;
    private long _nextCheck = StepsBetweenChecks;
    private Random? _random;

    internal RenderState(JinjaEnvironment environment, RenderOptions options, CancellationToken cancellation)
    {
        Environment = environment;
        Undefined = options.Undefined ?? environment.Options.Undefined;
        _options = options;
        _cancellation = cancellation;
        Output = new OutputBuffer(environment.Options.MaxOutput);
        _evaluator = new Evaluator(this);
    }

    private readonly record struct CallFrame(string Callee, Template? Template, int Position, MacroDefinition? Macro);

    public JinjaEnvironment Environment { get; }

    /// <summary>The host's own object for this rendering.</summary>
    public object? Host => _options.Host;

    public UndefinedBehavior Undefined { get; }

    public CancellationToken CancellationToken => _cancellation;

    /// <summary>The template whose code is running: where the current call is written.</summary>
    public Template? CurrentTemplate { get; private set; }

    /// <summary>The macro that is running, or null at the top level of a template.</summary>
    public MacroDefinition? CurrentMacro { get; private set; }

    /// <summary>Line of the code that is running, from 1; 0 outside of templates.</summary>
    public int CurrentLine => CurrentTemplate?.Locate(Position).Line ?? 0;

    public Random Random => _random ??= new Random();

    internal OutputBuffer Output { get; }

    /// <summary>Offset of the code that is running in <see cref="CurrentTemplate"/>.</summary>
    internal int Position { get; set; }

    /// <summary>Set once the running macro is to end with <see cref="Returned"/>.</summary>
    internal bool IsReturning { get; private set; }

    internal Value Returned { get; private set; }

    /// <summary>The scope of the code that is running.</summary>
    internal Scope? CurrentScope { get; set; }

    /// <summary>Renders a template to text. A host function may do so in the middle of another rendering.</summary>
    public string Render(Template template)
    {
        var mark = Output.Length;
        Enter(template.Name, template, null);
        try
        {
            _evaluator.RenderRoot(template, new TemplateContext(null, seesVariables: true));
            RejectReturn();
            return Output.Cut(mark);
        }
        catch (MacroReturnSignal)
        {
            IsReturning = false;
            throw ReturnOutsideOfMacro().At(template, Position);
        }
        catch (JinjaException error) when (Annotate(error))
        {
            throw;
        }
        finally
        {
            Output.Truncate(mark);
            Leave();
        }
    }

    /// <summary>Evaluates a template made by <see cref="JinjaEnvironment.ParseExpression"/>.</summary>
    public Value Evaluate(Template expression)
    {
        Enter(expression.Name, expression, null);
        try
        {
            var value = _evaluator.EvaluateRoot(expression);
            RejectReturn();
            return value;
        }
        catch (MacroReturnSignal)
        {
            IsReturning = false;
            throw ReturnOutsideOfMacro().At(expression, Position);
        }
        catch (JinjaException error) when (Annotate(error))
        {
            throw;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Makes a macro callable in this rendering: it sees the variables of the rendering and whatever the resolver gives its template.</summary>
    public Value Bind(MacroDefinition macro)
    {
        if (!_bound.TryGetValue(macro.Template, out var scope))
        {
            scope = new Scope(new TemplateContext(null, seesVariables: true));
            _bound.Add(macro.Template, scope);
        }

        return new MacroValue(macro, scope, _evaluator);
    }

    /// <summary>Calls a macro, function or other callable. A macro gives its text, or what it returned.</summary>
    /// <exception cref="JinjaException">Not callable, wrong arguments, or the callee failed.</exception>
    public Value Call(Value callable, Arguments arguments = default)
    {
        var result = Invoke(callable, arguments);
        return IsReturning ? throw new MacroReturnSignal() : result;
    }

    /// <summary>Calls a callable with positional arguments.</summary>
    public Value Call(Value callable, params Value[] arguments) => Call(callable, new Arguments(arguments));

    /// <summary>Binds a macro and calls it.</summary>
    public Value Call(MacroDefinition macro, Arguments arguments = default) => Call(Bind(macro), arguments);

    /// <summary>
    /// Ends the macro that is running with a value instead of its text; what a host's <c>return()</c> calls and gives back as its result.
    /// </summary>
    public Value Return(Value value)
    {
        IsReturning = true;
        Returned = value;
        return Value.None;
    }

    /// <summary>The value of a name as the running code would see it; undefined when nothing defines it.</summary>
    public Value Lookup(string name) => TryLookup(name, out var value) ? value : MakeUndefined(name);

    /// <summary>The value of a top-level name as the running code would see it.</summary>
    public bool TryLookup(string name, out Value value)
    {
        if (CurrentScope is { } scope)
        {
            return TryLookup(scope.Context, name, out value);
        }

        return TryLookupBase(name, seesVariables: true, out value);
    }

    /// <summary><c>value.name</c> as a template evaluates it.</summary>
    public Value GetAttribute(Value value, string name) => _evaluator.GetAttribute(value, name);

    /// <summary><c>value[key]</c> as a template evaluates it.</summary>
    public Value GetItem(Value value, Value key) => _evaluator.GetItem(value, key);

    /// <summary>The undefined value for a name, in the behaviour of this rendering.</summary>
    public Value MakeUndefined(string name, string? hint = null) => new UndefinedValue(Undefined, name, default, hint);

    /// <summary>Counts one unit of work. Builtins and host functions that loop over much call it.</summary>
    /// <exception cref="JinjaException">The step limit is reached.</exception>
    /// <exception cref="OperationCanceledException">The rendering was cancelled.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        if (++_steps >= _nextCheck)
        {
            CheckSteps();
        }
    }

    /// <summary>Counts what reading or copying that many characters costs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StepText(long characters)
    {
        _steps += characters / CharactersPerStep;
        if (_steps >= _nextCheck)
        {
            CheckSteps();
        }
    }

    /// <summary>The items of a value, each a step.</summary>
    public IEnumerable<Value> Iterate(Value items)
    {
        foreach (var item in items.Iterate())
        {
            Step();
            yield return item;
        }
    }

    /// <summary>The items of a value in a list of their own; fails when there are more than a value may hold.</summary>
    public List<Value> Collect(Value items)
    {
        var list = new List<Value>();
        foreach (var item in items.Iterate())
        {
            Step();
            list.Add(item);
            CheckItems(list.Count);
        }

        return list;
    }

    /// <summary>Fails when a text of that many characters would exceed the output limit.</summary>
    public void CheckSize(long size, long times = 1)
    {
        var limit = Environment.Options.MaxOutput;
        if (size > limit || (size > 0 && times > limit / size))
        {
            throw new JinjaException(JinjaErrorKind.OutputLimit, $"a value exceeds {limit} characters");
        }
    }

    /// <summary>Fails when a collection of that many elements would exceed the output limit.</summary>
    public void CheckItems(long count, long times = 1)
    {
        var limit = Environment.Options.MaxOutput / CharactersPerItem;
        if (count > limit || (count > 0 && times > limit / count))
        {
            throw new JinjaException(JinjaErrorKind.OutputLimit, $"a value exceeds {limit} elements");
        }
    }

    public void Dispose() => Output.Dispose();

    /// <summary>Calls without turning a pending return into an exception: for callers that look at <see cref="IsReturning"/>.</summary>
    internal Value Invoke(Value callable, Arguments arguments)
    {
        Step();
        if (callable.Object is not { } target)
        {
            throw callable.IsMissing
                ? new JinjaException(JinjaErrorKind.UndefinedError, "value is undefined")
                : new JinjaException(JinjaErrorKind.TypeError, $"'{callable.TypeName}' object is not callable");
        }

        try
        {
            return Settle(target.Call(this, arguments));
        }
        catch (Exception error) when (IsForeign(error))
        {
            throw Wrap(error);
        }
    }

    internal bool TryInvokeMethod(JinjaObject target, string name, Arguments arguments, out Value result)
    {
        Step();
        try
        {
            if (target.TryCallMethod(this, name, arguments, out result))
            {
                result = Settle(result);
                return true;
            }

            return false;
        }
        catch (Exception error) when (IsForeign(error))
        {
            throw Wrap(error);
        }
    }

    /// <summary>An exception of the host or the runtime, as opposed to the interpreter's own.</summary>
    internal static bool IsForeign(Exception error) => error is not (JinjaException or MacroReturnSignal or OperationCanceledException);

    internal static JinjaException Wrap(Exception error) => error switch
    {
        InsufficientExecutionStackException => new JinjaException(JinjaErrorKind.RecursionLimit, "the template is nested too deeply"),
        _ => new JinjaException(JinjaErrorKind.HostError, error.Message, error),
    };

    internal bool TryLookup(TemplateContext context, string name, out Value value) =>
        context.TryGet(name, out value) || TryLookupBase(name, context.SeesVariables, out value);

    internal Value TakeReturned()
    {
        var value = Returned;
        IsReturning = false;
        Returned = default;
        return value;
    }

    /// <summary>Begins to run other code: a macro, an include, a block.</summary>
    internal void Enter(string callee, Template template, MacroDefinition? macro)
    {
        if (_calls.Count >= Environment.Options.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException(
                JinjaErrorKind.RecursionLimit, $"calls are nested deeper than {_calls.Count}; the innermost is '{callee}'");
        }

        _calls.Add(new CallFrame(callee, CurrentTemplate, Position, CurrentMacro));
        CurrentTemplate = template;
        CurrentMacro = macro;
        Position = macro?.Start ?? 0;
    }

    internal void Leave()
    {
        var frame = _calls[^1];
        _calls.RemoveAt(_calls.Count - 1);
        CurrentTemplate = frame.Template;
        CurrentMacro = frame.Macro;
        Position = frame.Position;
    }

    /// <summary>
    /// Adds place and calls to an error. For exception filters: they run before the stack unwinds, while the state still tells where it
    /// happened. Never catches.
    /// </summary>
    internal bool Annotate(JinjaException error)
    {
        if (CurrentTemplate is { } template)
        {
            error.At(template, Position);
        }

        if (error.CallStack.Count == 0)
        {
            var trace = new List<JinjaTraceFrame>();
            for (var i = _calls.Count - 1; i > 0; i--)
            {
                var (callee, caller, position, _) = _calls[i];
                if (caller is not null && trace.Count < 50)
                {
                    trace.Add(new JinjaTraceFrame(callee, caller.Name, caller.Locate(position).Line));
                }
            }

            error.Through(trace);
        }

        return false;
    }

    private static Value Settle(Value result) => result.IsMissing ? Value.None : result;

    private bool TryLookupBase(string name, bool seesVariables, out Value value) =>
        (seesVariables && _options.Variables.TryGetValue(name, out value))
        || Resolve(name, out value)
        || Environment.Globals.TryGetValue(name, out value);

    private bool Resolve(string name, out Value value)
    {
        value = default;
        return _options.Resolver?.TryResolve(this, name, out value) == true;
    }

    private void CheckSteps()
    {
        _cancellation.ThrowIfCancellationRequested();
        _nextCheck = _steps + StepsBetweenChecks;
        if (_steps > Environment.Options.MaxSteps)
        {
            throw new JinjaException(
                JinjaErrorKind.StepLimit, $"the rendering takes more than {Environment.Options.MaxSteps} steps; it may never end");
        }
    }

    private static JinjaException ReturnOutsideOfMacro() => new(JinjaErrorKind.RuntimeError, "return() was called outside of a macro");

    private void RejectReturn()
    {
        if (IsReturning)
        {
            IsReturning = false;
            throw ReturnOutsideOfMacro();
        }
    }
}
