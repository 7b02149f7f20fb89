using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Jinja.Syntax;

internal enum TokenKind : byte
{
    End,
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Add,
    Assign,
    Colon,
    Comma,
    Div,
    Dot,
    Eq,
    FloorDiv,
    Gt,
    GtEq,
    LBrace,
    LBracket,
    LParen,
    Lt,
    LtEq,
    Mod,
    Mul,
    Ne,
    Pipe,
    Pow,
    RBrace,
    RBracket,
    RParen,
    Semicolon,
    Sub,
    Tilde,
}

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Offset of its first character in the source.</param>
/// <param name="End">Offset behind its last character, whitespace that a <c>-</c> removes included.</param>
/// <param name="Text">The name, the unescaped string, or the template text.</param>
/// <param name="Number">The number.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Text = "", Value Number = default)
{
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator => Kind >= TokenKind.Add;

    /// <summary>The token as error messages show it.</summary>
    public string Describe() => Kind == TokenKind.Name ? Text : Describe(Kind);

    public static string Describe(TokenKind kind) => kind switch
    {
        TokenKind.End => "end of template",
        TokenKind.Data => "template data / text",
        TokenKind.VariableBegin => "begin of print statement",
        TokenKind.VariableEnd => "end of print statement",
        TokenKind.BlockBegin => "begin of statement block",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.Name => "name",
        TokenKind.String => "string",
        TokenKind.Integer => "integer",
        TokenKind.Float => "float",
        TokenKind.Add => "+",
        TokenKind.Assign => "=",
        TokenKind.Colon => ":",
        TokenKind.Comma => ",",
        TokenKind.Div => "/",
        TokenKind.Dot => ".",
        TokenKind.Eq => "==",
        TokenKind.FloorDiv => "//",
        TokenKind.Gt => ">",
        TokenKind.GtEq => ">=",
        TokenKind.LBrace => "{",
        TokenKind.LBracket => "[",
        TokenKind.LParen => "(",
        TokenKind.Lt => "<",
        TokenKind.LtEq => "<=",
        TokenKind.Mod => "%",
        TokenKind.Mul => "*",
        TokenKind.Ne => "!=",
        TokenKind.Pipe => "|",
        TokenKind.Pow => "**",
        TokenKind.RBrace => "}",
        TokenKind.RBracket => "]",
        TokenKind.RParen => ")",
        TokenKind.Semicolon => ";",
        TokenKind.Sub => "-",
        _ => "~",
    };
}
