using System.Text.RegularExpressions;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary><c>modules.re</c>: Python's regular expressions (https://docs.python.org/3/library/re.html).</summary>
internal static class RegexModule
{
    private const int IgnoreCase = 2;
    private const int Multiline = 8;
    private const int DotAll = 16;
    private const int Verbose = 64;
    private const int Ascii = 256;

    public static Value Instance { get; } = Module();

    private static HostObject Module()
    {
        var module = new HostObject("module")
        {
            { "compile", static (_, arguments) => Pattern(arguments[0], Flags(arguments, 1)) },
            { "escape", static (_, arguments) => Escape(arguments[0].ToString()) },
            { "purge", static (_, _) => Value.None },
        };
        foreach (var (names, flag) in ((string[], int)[])[
            (["I", "IGNORECASE"], IgnoreCase), (["M", "MULTILINE"], Multiline), (["S", "DOTALL"], DotAll), (["X", "VERBOSE"], Verbose), (["A", "ASCII"], Ascii),
            (["U", "UNICODE"], 32)])
        {
            Array.ForEach(names, name => module.Add(name, flag));
        }

        // Each function is the pattern's method of that name; flags follow its arguments.
        foreach (var (name, count) in ((string, int)[])[
            ("match", 1), ("search", 1), ("fullmatch", 1), ("findall", 1), ("finditer", 1), ("sub", 3), ("subn", 3), ("split", 2)])
        {
            module.Add(name, (state, arguments) =>
                Pattern(arguments[0], Flags(arguments, count + 1)).Invoke(
                    state, name, new Arguments([.. arguments.Positional.Skip(1).Take(count)], [.. arguments.Named.Where(named => named.Name != "flags")])));
        }

        return module;
    }

    private static PatternValue Pattern(Value pattern, int flags) => pattern.As<PatternValue>() ?? new PatternValue(
        pattern.TryGetString(out var text)
            ? text
            : throw new JinjaException(JinjaErrorKind.TypeError, "first argument must be string or compiled pattern"),
        ((flags & IgnoreCase) != 0 ? RegexOptions.IgnoreCase : 0) | ((flags & Multiline) != 0 ? RegexOptions.Multiline : 0)
            | ((flags & DotAll) != 0 ? RegexOptions.Singleline : 0) | ((flags & Verbose) != 0 ? RegexOptions.IgnorePatternWhitespace : 0));

    private static int Flags(Arguments arguments, int position)
    {
        var given = arguments.TryGetNamed("flags", out var named) ? named : position < arguments.Count ? arguments[position] : 0;
        return given.TryGetInt64(out var flags) ? (int)flags : throw new JinjaException(JinjaErrorKind.TypeError, "flags must be a number, such as modules.re.I");
    }

    private static string Escape(string text) => string.Concat(text.Select(character =>
        char.IsLetterOrDigit(character) || character is '_' || character > 127 || !@"()[]{}?*+-|^$\.&~# ".Contains(character, StringComparison.Ordinal) && !char.IsWhiteSpace(character)
            ? character.ToString()
            : $@"\{character}"));
}
