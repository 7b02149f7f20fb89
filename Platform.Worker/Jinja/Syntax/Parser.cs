using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Syntax;

/// <summary>
/// Recursive descent over the tokens of a template, following Jinja's own grammar and error messages. Statements are here, expressions in
/// the other part. Names are bound to the slots of their scopes at the end, when every assignment is known.
/// </summary>
internal sealed partial class Parser
{
    private readonly Template _template;
    private readonly List<Token> _tokens;
    private readonly Stack<string> _tags = new();
    private readonly Stack<string[]> _endTags = new();
    private readonly List<(NameExpression Name, ScopeLayout Scope)> _names = [];
    private readonly List<MacroDefinition> _macros = [];
    private readonly List<TaggedBlock> _taggedBlocks = [];
    private readonly Dictionary<string, BlockStatement> _blocks = new(StringComparer.Ordinal);
    private readonly ScopeLayout _root = new(null, ScopeKind.Root);
    private ScopeLayout _scope;
    private readonly List<(string Message, int Position)> _unknown = [];
    private int _next;
    private int _loops;
    private int _branches;

    private Parser(Template template, List<Token> tokens)
    {
        _template = template;
        _tokens = tokens;
        _scope = _root;
    }

    internal Token Current => _tokens[_next];

    public static Template Parse(JinjaEnvironment environment, string source, string name, object? tag)
    {
        var template = new Template(environment, name, NormalizeNewlines(source), tag);
        var parser = new Parser(template, Lexer.Tokenize(template));
        template.Body = parser.ParseUntil([]);
        parser.Complete();
        return template;
    }

    public static Template ParseExpression(JinjaEnvironment environment, string source, string name, object? tag)
    {
        var template = new Template(environment, name, NormalizeNewlines(source), tag);
        var parser = new Parser(template, Lexer.TokenizeExpression(template));
        template.Expression = parser.ParseTuple();
        parser.Expect(TokenKind.VariableEnd);
        parser.Complete();
        return template;
    }

    internal Token Next()
    {
        var token = _tokens[_next];
        if (_next < _tokens.Count - 1)
        {
            _next++;
        }

        return token;
    }

    internal Token Expect(TokenKind kind) => Current.Kind == kind ? Next() : throw Unexpected(Token.Describe(kind));

    internal JinjaException Error(string message, int position) =>
        new JinjaException(JinjaErrorKind.SyntaxError, message).At(_template, position);

    internal AssignmentTarget Declare(string name, int position)
    {
        if (name == "loop")
        {
            for (var scope = _scope; scope is not null; scope = scope.Parent)
            {
                if (scope.Kind == ScopeKind.Loop)
                {
                    throw Error("Can't assign to special loop variable in for-loop target", position);
                }
            }
        }

        return new NameTarget(position, name, _scope.Declare(name));
    }

    /// <summary>Reads a macro from behind its name.</summary>
    internal MacroDefinition ParseMacro(
        string name, string tag, int start, bool hasSignature, IReadOnlyDictionary<string, Value>? metadata = null)
    {
        var isTopLevel = _scope.Kind == ScopeKind.Root;
        var scope = Enter(ScopeKind.Macro);
        var macro = new MacroDefinition
        {
            Name = name,
            TagName = tag,
            Template = _template,
            Start = start,
            Parameters = hasSignature ? ParseSignature() : [],
            Metadata = metadata ?? new Dictionary<string, Value>(),
        };
        macro.Body = ParseMacroBody("end" + tag);
        _scope = scope.Parent!;
        Complete(macro, scope);
        macro.End = Current.End;
        if (isTopLevel)
        {
            _macros.Add(macro);
        }

        return macro;
    }

    internal TaggedBlock ParseTaggedBlock(string name, string tag, int start)
    {
        var isTopLevel = _scope.Kind == ScopeKind.Root;
        var outer = _scope;
        _scope = _root;
        var body = new Template(_template.Environment, _template.Name, _template.Source, _template.Tag);
        var bodyStart = Current.End;
        body.Body = ParseBody("end" + tag);
        _scope = outer;
        var block = new TaggedBlock
        {
            TagName = tag,
            Name = name,
            Template = _template,
            Start = start,
            BodyStart = bodyStart,
            BodyEnd = _tokens[_next - 2].Start,
            End = Current.End,
            Body = body,
        };
        if (isTopLevel)
        {
            _taggedBlocks.Add(block);
        }

        return block;
    }

    private static string NormalizeNewlines(string source) => source.Contains('\r', StringComparison.Ordinal)
        ? source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
        : source;

    private void Complete()
    {
        if (_unknown.Count > 0)
        {
            throw Error(_unknown[0].Message, _unknown[0].Position);
        }

        foreach (var (name, scope) in _names)
        {
            name.Slots = scope.Resolve(name.Name);
        }

        _template.Macros = _macros;
        _template.TaggedBlocks = _taggedBlocks;
        _template.Blocks = _blocks;
        foreach (var block in _taggedBlocks)
        {
            block.Body.Blocks = _blocks;
        }
    }

    private void Complete(MacroDefinition macro, ScopeLayout scope)
    {
        var declared = macro.Parameters;
        var caller = scope.IndexOf("caller");
        var explicitCaller = declared.FirstOrDefault(static p => p.Name == "caller");
        if (explicitCaller is { Default: null } && scope.IsSpecialUsed("caller"))
        {
            throw Error(
                "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.", macro.Start);
        }

        macro.UsesCaller = scope.IsSpecialUsed("caller");
        macro.UsesKwargs = scope.IsSpecialUsed("kwargs") && declared.All(static p => p.Name != "kwargs");
        macro.UsesVarargs = scope.IsSpecialUsed("varargs") && declared.All(static p => p.Name != "varargs");
        macro.Scope = scope;
        macro.Specials = new MacroDefinition.SpecialSlots(
            macro.UsesCaller && explicitCaller is null ? caller : -1,
            macro.UsesKwargs ? scope.IndexOf("kwargs") : -1,
            macro.UsesVarargs ? scope.IndexOf("varargs") : -1);
        for (var outer = scope.Parent; outer is not null; outer = outer.Parent)
        {
            outer.IsCaptured = true;
        }
    }

    private ScopeLayout Enter(ScopeKind kind, ScopeLayout? parent = null) => _scope = new ScopeLayout(parent ?? _scope, kind);

    private JinjaException Unexpected(string expected) => Error(
        Current.Kind == TokenKind.End
            ? $"unexpected end of template, expected '{expected}'."
            : $"expected token '{expected}', got {PythonString.Repr(Current.Describe())}",
        Current.Start);

    private bool SkipIf(TokenKind kind)
    {
        var found = Current.Kind == kind;
        if (found)
        {
            Next();
        }

        return found;
    }

    private bool SkipIf(string name)
    {
        var found = Current.IsName(name);
        if (found)
        {
            Next();
        }

        return found;
    }

    private void ExpectWord(string name)
    {
        if (!SkipIf(name))
        {
            throw Unexpected(name);
        }
    }

    /// <summary>Reads the end of a tag, then statements up to one of the end tags, and its name; its <c>%}</c> is left.</summary>
    private Statement[] ParseBody(params string[] endTags)
    {
        var body = ParseBodyUntil(endTags);
        Next();
        return body;
    }

    /// <summary>A body that a break or continue can not leave.</summary>
    private Statement[] ParseMacroBody(string endTag)
    {
        var loops = _loops;
        _loops = 0;
        var body = ParseBody(endTag);
        _loops = loops;
        return body;
    }

    private Statement[] ParseBodyUntil(params string[] endTags)
    {
        SkipIf(TokenKind.Colon);
        Expect(TokenKind.BlockEnd);
        var body = ParseUntil(endTags);
        return Current.Kind == TokenKind.End ? throw UnknownTag(null, Current.Start, endTags) : body;
    }

    private Statement[] ParseUntil(string[] endTags)
    {
        EnsureStack();
        var body = new List<Statement>();
        if (endTags.Length > 0)
        {
            _endTags.Push(endTags);
        }

        while (Current.Kind != TokenKind.End)
        {
            var token = Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new TextStatement(token.Start, token.Text));
                    break;
                case TokenKind.VariableBegin:
                    body.Add(Output(Current.Start, ParseTuple()));
                    Expect(TokenKind.VariableEnd);
                    break;
                default:
                    if (Current.Kind == TokenKind.Name && Array.IndexOf(endTags, Current.Text) >= 0)
                    {
                        _endTags.Pop();
                        return [.. body];
                    }

                    ParseStatement(token.Start, body);
                    Expect(TokenKind.BlockEnd);
                    break;
            }
        }

        if (endTags.Length > 0)
        {
            _endTags.Pop();
        }

        return [.. body];
    }

    private static OutputStatement Output(int position, Expression value)
    {
        value.MarkTail();
        return new OutputStatement(position, value);
    }

    private JinjaException UnknownTag(string? name, int position, string[]? endTags = null)
    {
        var message = name is null ? "Unexpected end of template." : $"Encountered unknown tag '{name}'.";
        var innermost = endTags ?? (_endTags.Count > 0 ? _endTags.Peek() : null);
        if (innermost is not null)
        {
            var wanted = string.Join(" or ", innermost.Select(static tag => $"'{tag}'"));
            message += name is not null && _endTags.Any(tags => tags.Contains(name))
                ? $" You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for {wanted}."
                : $" Jinja was looking for the following tags: {wanted}.";
        }

        if (_tags.Count > 0)
        {
            message += $" The innermost block that needs to be closed is '{_tags.Peek()}'.";
        }

        return Error(message, position);
    }

    private void ParseStatement(int start, List<Statement> body)
    {
        var token = Current;
        if (token.Kind != TokenKind.Name)
        {
            throw Error("tag name expected", token.Start);
        }

        _tags.Push(token.Text);
        if (_template.Environment.Tags.TryGetValue(token.Text, out var extension))
        {
            Next();
            extension.Parse(new TagParser(this, token.Text, start, body));
            _tags.Pop();
            return;
        }

        switch (token.Text)
        {
            case "for":
                body.Add(ParseFor());
                break;
            case "if":
                body.Add(ParseIf());
                break;
            case "set":
                body.Add(ParseSet());
                break;
            case "do":
                Next();
                var value = ParseTuple();
                value.MarkTail();
                body.Add(new DoStatement(token.Start, value));
                break;
            case "macro":
                Next();
                var name = Expect(TokenKind.Name).Text;
                var macro = ParseMacro(name, "macro", start, hasSignature: true);
                body.Add(new MacroStatement(token.Start, macro, Declare(name, token.Start)));
                break;
            case "call":
                body.Add(ParseCallBlock(start));
                break;
            case "filter":
                body.Add(ParseFilterBlock());
                break;
            case "with":
                body.Add(ParseWith());
                break;
            case "print":
                ParsePrint(body);
                break;
            case "autoescape":
                Next();
                var on = ParseExpression();
                var scope = Enter(ScopeKind.Plain);
                var escaped = ParseBody("endautoescape");
                _scope = scope.Parent!;
                body.Add(new AutoescapeStatement(token.Start, on, escaped, scope));
                break;
            case "break" or "continue":
                body.Add(ParseLoopControl());
                break;
            case "block":
                body.Add(ParseBlock());
                break;
            case "extends":
                Next();
                if (_scope.Kind != ScopeKind.Root)
                {
                    throw Error("cannot use extend from a non top-level scope", token.Start);
                }

                body.Add(new ExtendsStatement(token.Start, ParseExpression()));
                break;
            case "include":
                body.Add(ParseInclude());
                break;
            case "import":
                body.Add(ParseImport());
                break;
            case "from":
                body.Add(ParseFrom());
                break;
            default:
                _tags.Pop();
                throw UnknownTag(token.Text, token.Start);
        }

        _tags.Pop();
    }

    private IReadOnlyList<MacroParameter> ParseSignature()
    {
        var parameters = new List<MacroParameter>();
        Expect(TokenKind.LParen);
        while (Current.Kind != TokenKind.RParen)
        {
            if (parameters.Count > 0)
            {
                Expect(TokenKind.Comma);
            }

            var name = Expect(TokenKind.Name);
            var slot = _scope.Declare(name.Text);
            Expression? value = null;
            if (SkipIf(TokenKind.Assign))
            {
                value = ParseExpression();
            }
            else if (parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw Error("non-default argument follows default argument", Current.Start);
            }

            parameters.Add(new MacroParameter(name.Text, value, slot));
        }

        Expect(TokenKind.RParen);
        return parameters;
    }

    private CallBlockStatement ParseCallBlock(int start)
    {
        var position = Next().Start;
        var outer = _scope;
        var scope = Enter(ScopeKind.Macro);
        var parameters = Current.Kind == TokenKind.LParen ? ParseSignature() : [];
        _scope = outer;
        if (ParseExpression() is not CallExpression call)
        {
            throw Error("expected call", position);
        }

        call.MarkTail();
        _scope = scope;
        var caller = new MacroDefinition
        {
            Name = "caller",
            TagName = "call",
            Parameters = parameters,
            Template = _template,
            Start = start,
        };
        caller.Body = ParseMacroBody("endcall");
        caller.End = Current.End;
        _scope = outer;
        Complete(caller, scope);
        return new CallBlockStatement(position, call, caller);
    }

    private ForStatement ParseFor()
    {
        var position = Next().Start;
        var outer = _scope;
        var bodyScope = Enter(ScopeKind.Loop);
        var targetStart = _next;
        var target = ParseTarget(withNamespace: false, endWord: "in");
        _scope = outer;
        ExpectWord("in");
        var iterable = ParseTuple(withConditional: false, endWord: "recursive");
        Expression? test = null;
        AssignmentTarget? testTarget = null;
        ScopeLayout? testScope = null;
        if (SkipIf("if"))
        {
            testScope = Enter(ScopeKind.Plain);
            var resume = _next;
            _next = targetStart;
            testTarget = ParseTarget(withNamespace: false, endWord: "in");
            _next = resume;
            test = ParseExpression();
            _scope = outer;
        }

        var recursive = SkipIf("recursive");
        if (recursive)
        {
            bodyScope.UseSpecial("loop");
        }

        _scope = bodyScope;
        _loops++;
        var body = ParseBodyUntil("endfor", "else");
        _loops--;
        var otherwiseScope = Enter(ScopeKind.Plain, outer);
        var otherwise = Next().Text == "endfor" ? [] : ParseBody("endfor");
        _scope = outer;
        if (bodyScope.IsCaptured && testScope is not null)
        {
            testScope.IsCaptured = true;
        }

        return new ForStatement(position)
        {
            Target = target,
            Iterable = iterable,
            Test = test,
            TestTarget = testTarget,
            TestScope = testScope,
            Recursive = recursive,
            Body = body,
            BodyScope = bodyScope,
            Otherwise = otherwise,
            OtherwiseScope = otherwiseScope,
        };
    }

    private IfStatement ParseIf()
    {
        var position = Current.Start;
        var branches = new List<(Expression, Statement[])>();
        Statement[] otherwise = [];
        string end;
        _branches++;
        do
        {
            Next();
            var test = ParseTuple(withConditional: false);
            branches.Add((test, ParseBodyUntil("elif", "else", "endif")));
            end = Current.Text;
        }
        while (end == "elif");

        Next();
        if (end == "else")
        {
            otherwise = ParseBody("endif");
        }

        _branches--;
        return new IfStatement(position, [.. branches], otherwise);
    }

    private Statement ParseSet()
    {
        var position = Next().Start;
        var target = ParseTarget(withNamespace: true);
        if (SkipIf(TokenKind.Assign))
        {
            var value = ParseTuple();
            value.MarkTail();
            return new SetStatement(position, target, value);
        }

        var filter = Current.Kind == TokenKind.Pipe ? ParseFilters(new CapturedTextExpression(Current.Start)) : null;
        var scope = Enter(ScopeKind.Plain);
        var body = ParseBody("endset");
        _scope = scope.Parent!;
        return new SetBlockStatement(position, target, filter, body, scope);
    }

    private WithStatement ParseWith()
    {
        var position = Next().Start;
        var outer = _scope;
        var scope = Enter(ScopeKind.Plain);
        var assignments = new List<(AssignmentTarget, Expression)>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0)
            {
                Expect(TokenKind.Comma);
            }

            _scope = scope;
            var target = ParseTarget(withNamespace: false);
            Expect(TokenKind.Assign);
            _scope = outer;
            assignments.Add((target, ParseExpression()));
        }

        _scope = scope;
        var body = ParseBody("endwith");
        _scope = outer;
        return new WithStatement(position, [.. assignments], body, scope);
    }

    private FilterBlockStatement ParseFilterBlock()
    {
        var position = Next().Start;
        var filter = ParseFilters(new CapturedTextExpression(position), startsInline: true);
        var scope = Enter(ScopeKind.Plain);
        var body = ParseBody("endfilter");
        _scope = scope.Parent!;
        return new FilterBlockStatement(position, filter, body, scope);
    }

    private void ParsePrint(List<Statement> body)
    {
        Next();
        for (var first = true; Current.Kind != TokenKind.BlockEnd; first = false)
        {
            if (!first)
            {
                Expect(TokenKind.Comma);
            }

            body.Add(Output(Current.Start, ParseExpression()));
        }
    }

    private Statement ParseLoopControl()
    {
        var token = Next();
        if (_loops == 0)
        {
            throw Error($"'{token.Text}' outside loop", token.Start);
        }

        return token.Text == "break" ? new BreakStatement(token.Start) : new ContinueStatement(token.Start);
    }

    private BlockStatement ParseBlock()
    {
        var position = Next().Start;
        var name = Expect(TokenKind.Name).Text;
        var scoped = SkipIf("scoped");
        var required = SkipIf("required");
        if (Current.Kind == TokenKind.Sub)
        {
            throw Error(
                "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.",
                Current.Start);
        }

        var outer = _scope;
        for (var around = outer; scoped && around is not null; around = around.Parent)
        {
            if (around.Kind == ScopeKind.Loop)
            {
                around.UseSpecial("loop");
            }
        }

        // A block sees the context, not the scopes around it: another template may replace it.
        var loops = _loops;
        _loops = 0;
        _scope = new ScopeLayout(null, ScopeKind.Block);
        var scope = _scope;
        var body = ParseBody("endblock");
        _scope = outer;
        _loops = loops;
        if (required && body.Any(static statement => statement is not TextStatement text || !string.IsNullOrWhiteSpace(text.Text)))
        {
            throw Error("Required blocks can only contain comments or whitespace", Current.Start);
        }

        SkipIf(name);
        var block = new BlockStatement(position, name)
        {
            Scoped = scoped,
            Required = required,
            TopLevel = outer.Kind == ScopeKind.Root,
            Template = _template,
            Body = body,
            Scope = scope,
            Visible = outer,
        };
        return _blocks.TryAdd(name, block) ? block : throw Error($"block '{name}' defined twice", position);
    }

    private IncludeStatement ParseInclude()
    {
        var position = Next().Start;
        var template = ParseExpression();
        var ignoreMissing = Current.IsName("ignore") && _tokens[_next + 1].IsName("missing");
        if (ignoreMissing)
        {
            Next();
            Next();
        }

        return new IncludeStatement(position, template, ignoreMissing, TryParseContext() ?? true, _scope);
    }

    private ImportStatement ParseImport()
    {
        var position = Next().Start;
        var template = ParseExpression();
        ExpectWord("as");
        var name = Expect(TokenKind.Name);
        return new ImportStatement(position, template, Declare(name.Text, name.Start), TryParseContext() ?? false, _scope);
    }

    private FromImportStatement ParseFrom()
    {
        var position = Next().Start;
        var template = ParseExpression();
        ExpectWord("import");
        var names = new List<(string, AssignmentTarget)>();
        bool? withContext = null;
        while (true)
        {
            if (names.Count > 0)
            {
                Expect(TokenKind.Comma);
            }

            if (Current.Kind == TokenKind.Name)
            {
                withContext = TryParseContext();
                if (withContext is not null)
                {
                    break;
                }
            }

            var name = Expect(TokenKind.Name);
            if (name.Text.StartsWith('_'))
            {
                throw Error("names starting with an underline can not be imported", name.Start);
            }

            var alias = SkipIf("as") ? Expect(TokenKind.Name) : name;
            names.Add((name.Text, Declare(alias.Text, alias.Start)));
            withContext = TryParseContext();
            if (withContext is not null || Current.Kind != TokenKind.Comma)
            {
                break;
            }
        }

        return new FromImportStatement(position, template, [.. names], withContext ?? false, _scope);
    }

    private bool? TryParseContext()
    {
        if (!(Current.IsName("with") || Current.IsName("without")) || !_tokens[_next + 1].IsName("context"))
        {
            return null;
        }

        var with = Next().Text == "with";
        Next();
        return with;
    }

    private void EnsureStack()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException(JinjaErrorKind.RecursionLimit, "the template is nested too deeply").At(_template, Current.Start);
        }
    }
}
