namespace Platform.Worker.Jinja.Syntax;

internal enum StatementKind : byte
{
    Text,
    Output,
    Do,
    If,
    For,
    Break,
    Continue,
    Set,
    SetBlock,
    With,
    Macro,
    CallBlock,
    FilterBlock,
    Autoescape,
    Block,
    Extends,
    Include,
    Import,
    FromImport,
}

/// <summary>A node of a template's body. <see cref="Position"/> is its offset in the template's source.</summary>
internal abstract class Statement(StatementKind kind, int position)
{
    public StatementKind Kind { get; } = kind;

    public int Position { get; } = position;

    /// <summary>The expressions of the statement itself, not those of nested statements.</summary>
    public virtual IEnumerable<Expression> Expressions => [];

    /// <summary>The statements directly inside.</summary>
    public virtual IEnumerable<Statement> Children => [];
}

internal sealed class TextStatement(int position, string text) : Statement(StatementKind.Text, position)
{
    public string Text { get; } = text;
}

/// <summary><c>{{ value }}</c> or <c>{% print value %}</c>.</summary>
internal sealed class OutputStatement(int position, Expression value) : Statement(StatementKind.Output, position)
{
    public Expression Value { get; } = value;

    public override IEnumerable<Expression> Expressions => [Value];
}

/// <summary><c>{% do value %}</c>.</summary>
internal sealed class DoStatement(int position, Expression value) : Statement(StatementKind.Do, position)
{
    public Expression Value { get; } = value;

    public override IEnumerable<Expression> Expressions => [Value];
}

internal sealed class IfStatement(int position, (Expression Test, Statement[] Body)[] branches, Statement[] otherwise)
    : Statement(StatementKind.If, position)
{
    public (Expression Test, Statement[] Body)[] Branches { get; } = branches;

    public Statement[] Otherwise { get; } = otherwise;

    public override IEnumerable<Expression> Expressions => Branches.Select(static branch => branch.Test);

    public override IEnumerable<Statement> Children => Branches.SelectMany(static branch => branch.Body).Concat(Otherwise);
}

internal sealed class ForStatement(int position) : Statement(StatementKind.For, position)
{
    public required AssignmentTarget Target { get; init; }

    public required Expression Iterable { get; init; }

    /// <summary>The filter of <c>for … if test</c>, evaluated in a scope of its own.</summary>
    public Expression? Test { get; init; }

    public AssignmentTarget? TestTarget { get; init; }

    public ScopeLayout? TestScope { get; init; }

    public bool Recursive { get; init; }

    public required Statement[] Body { get; init; }

    public required ScopeLayout BodyScope { get; init; }

    public required Statement[] Otherwise { get; init; }

    public required ScopeLayout OtherwiseScope { get; init; }

    /// <summary>The slot of <c>loop</c>, or -1 when nothing in the body asks for it.</summary>
    public int LoopSlot => BodyScope.IndexOf("loop");

    public override IEnumerable<Expression> Expressions => Test is null ? [Iterable] : [Iterable, Test];

    public override IEnumerable<Statement> Children => Body.Concat(Otherwise);
}

internal sealed class BreakStatement(int position) : Statement(StatementKind.Break, position);

internal sealed class ContinueStatement(int position) : Statement(StatementKind.Continue, position);

internal sealed class SetStatement(int position, AssignmentTarget target, Expression value) : Statement(StatementKind.Set, position)
{
    public AssignmentTarget Target { get; } = target;

    public Expression Value { get; } = value;

    public override IEnumerable<Expression> Expressions => [Value];
}

/// <summary><c>{% set name | filter %}…{% endset %}</c>.</summary>
internal sealed class SetBlockStatement(int position, AssignmentTarget target, Expression? filter, Statement[] body, ScopeLayout scope)
    : Statement(StatementKind.SetBlock, position)
{
    public AssignmentTarget Target { get; } = target;

    public Expression? Filter { get; } = filter;

    public Statement[] Body { get; } = body;

    public ScopeLayout Scope { get; } = scope;

    public override IEnumerable<Expression> Expressions => Filter is null ? [] : [Filter];

    public override IEnumerable<Statement> Children => Body;
}

internal sealed class WithStatement(int position, (AssignmentTarget Target, Expression Value)[] assignments, Statement[] body, ScopeLayout scope)
    : Statement(StatementKind.With, position)
{
    public (AssignmentTarget Target, Expression Value)[] Assignments { get; } = assignments;

    public Statement[] Body { get; } = body;

    public ScopeLayout Scope { get; } = scope;

    public override IEnumerable<Expression> Expressions => Assignments.Select(static pair => pair.Value);

    public override IEnumerable<Statement> Children => Body;
}

internal sealed class MacroStatement(int position, MacroDefinition macro, AssignmentTarget target) : Statement(StatementKind.Macro, position)
{
    public MacroDefinition Macro { get; } = macro;

    public AssignmentTarget Target { get; } = target;

    public override IEnumerable<Expression> Expressions => Macro.Parameters.Select(static p => p.Default).OfType<Expression>();

    public override IEnumerable<Statement> Children => Macro.Body;
}

/// <summary><c>{% call(args) target() %}…{% endcall %}</c>.</summary>
internal sealed class CallBlockStatement(int position, CallExpression call, MacroDefinition caller) : Statement(StatementKind.CallBlock, position)
{
    public CallExpression Call { get; } = call;

    public MacroDefinition Caller { get; } = caller;

    public override IEnumerable<Expression> Expressions => Caller.Parameters.Select(static p => p.Default).OfType<Expression>().Prepend(Call);

    public override IEnumerable<Statement> Children => Caller.Body;
}

internal sealed class FilterBlockStatement(int position, Expression filter, Statement[] body, ScopeLayout scope)
    : Statement(StatementKind.FilterBlock, position)
{
    public Expression Filter { get; } = filter;

    public Statement[] Body { get; } = body;

    public ScopeLayout Scope { get; } = scope;

    public override IEnumerable<Expression> Expressions => [Filter];

    public override IEnumerable<Statement> Children => Body;
}

internal sealed class AutoescapeStatement(int position, Expression value, Statement[] body, ScopeLayout scope)
    : Statement(StatementKind.Autoescape, position)
{
    public Expression Value { get; } = value;

    public Statement[] Body { get; } = body;

    public ScopeLayout Scope { get; } = scope;

    public override IEnumerable<Expression> Expressions => [Value];

    public override IEnumerable<Statement> Children => Body;
}

/// <summary><c>{% block name %}</c>, which templates that extend this one may replace.</summary>
internal sealed class BlockStatement(int position, string name) : Statement(StatementKind.Block, position)
{
    public string Name { get; } = name;

    /// <summary>Whether the block sees the variables of loops around it.</summary>
    public bool Scoped { get; init; }

    public bool Required { get; init; }

    /// <summary>Whether it is written at the top level, where a template that extends another prints nothing.</summary>
    public bool TopLevel { get; init; }

    public required Template Template { get; init; }

    public required Statement[] Body { get; init; }

    public required ScopeLayout Scope { get; init; }

    /// <summary>The scope the block stands in, whose variables a scoped block sees.</summary>
    public required ScopeLayout Visible { get; init; }

    public override IEnumerable<Statement> Children => Body;
}

internal sealed class ExtendsStatement(int position, Expression template) : Statement(StatementKind.Extends, position)
{
    public Expression Template { get; } = template;

    public override IEnumerable<Expression> Expressions => [Template];
}

internal sealed class IncludeStatement(int position, Expression template, bool ignoreMissing, bool withContext, ScopeLayout visible)
    : Statement(StatementKind.Include, position)
{
    public Expression Template { get; } = template;

    public bool IgnoreMissing { get; } = ignoreMissing;

    public bool WithContext { get; } = withContext;

    /// <summary>The scope the tag stands in: its variables are passed on.</summary>
    public ScopeLayout Visible { get; } = visible;

    public override IEnumerable<Expression> Expressions => [Template];
}

internal sealed class ImportStatement(int position, Expression template, AssignmentTarget target, bool withContext, ScopeLayout visible)
    : Statement(StatementKind.Import, position)
{
    public Expression Template { get; } = template;

    public AssignmentTarget Target { get; } = target;

    public bool WithContext { get; } = withContext;

    public ScopeLayout Visible { get; } = visible;

    public override IEnumerable<Expression> Expressions => [Template];
}

internal sealed class FromImportStatement(
    int position, Expression template, (string Name, AssignmentTarget Target)[] names, bool withContext, ScopeLayout visible)
    : Statement(StatementKind.FromImport, position)
{
    public Expression Template { get; } = template;

    public (string Name, AssignmentTarget Target)[] Names { get; } = names;

    public bool WithContext { get; } = withContext;

    public ScopeLayout Visible { get; } = visible;

    public override IEnumerable<Expression> Expressions => [Template];
}
