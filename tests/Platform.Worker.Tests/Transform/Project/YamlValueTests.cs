using Platform.Worker.Transform.Project;

namespace Platform.Worker.Tests.Transform.Project;

/// <summary>YAML as PyYAML reads it.</summary>
public sealed class YamlValueTests
{
    [Theory]
    [InlineData("yes", true)]
    [InlineData("Off", false)]
    [InlineData("y", "y")]
    [InlineData("~", null)]
    [InlineData("010", 8L)]
    [InlineData("0x1F", 31L)]
    [InlineData("0b101", 5L)]
    [InlineData("1_000", 1000L)]
    [InlineData("-7", -7L)]
    [InlineData("1:30", 90L)]
    [InlineData("08", "08")]
    [InlineData("1.5", 1.5)]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("1.2.", "1.2.")]
    [InlineData("1e3", "1e3")]
    [InlineData("1.0e+3", 1000.0)]
    [InlineData("-.inf", double.NegativeInfinity)]
    [InlineData("2026-01-01", "2026-01-01")]
    [InlineData("'12'", "12")]
    [InlineData("\"a\\tb\"", "a\tb")]
    [InlineData("it's", "it's")]
    [InlineData("a # comment", "a")]
    [InlineData("a#b", "a#b")]
    [InlineData("http://x:8080/y", "http://x:8080/y")]
    public void Scalar_HasItsType(string text, object? expected) => Assert.Equal(expected, Read($"key: {text}\n")!.Map!["key"].Scalar);

    /// <summary>dbt takes the blanks off the ends of a file before it reads it.</summary>
    [Theory]
    [InlineData("key: |\n  a\n  b\n", "a\nb")]
    [InlineData("key: >\n  a\n  b\n\n", "a b")]
    [InlineData("key: |+\n  a\n\n", "a")]
    [InlineData("key: |\n  a\nother: 1\n", "a\n")]
    [InlineData("key: &anchor |\n  a\n", "a")]
    [InlineData("key: |\n  a", "a")]
    public void BlockScalarAtTheEndOfAFile_HasNoBreakAfterIt(string text, string expected) => Assert.Equal(expected, Read(text)!.Map!["key"].Scalar);

    [Fact]
    public void Structures_AreReadWithTheirLines()
    {
        var yaml = Read("""
            # first
            list:
            - a
            -   b: 1
                c: [1, "two, three", {d: 4, e: }]
            -
              - nested
            text: |
              one
                two

              three
            folded: >-
              one
              two

              three
            quoted: 'it''s: # here'
            plain: one
              and two
            empty:
            anchored: &x {a: 1}
            merged: {<<: *x, b: 2}
            """)!;

        Assert.Equal((5, 8), (yaml["list"]!.Items![1]["c"]!.At.Line, yaml["list"]!.Items![1]["c"]!.At.Column));
        Assert.Equal(["1", "two, three", null], yaml["list"]!.Items![1]["c"]!.Items!.Select(item => item.AsText()));
        Assert.True(yaml["list"]!.Items![1]["c"]!.Items![2].Has("e"));
        Assert.Equal("nested", yaml["list"]!.Items![2].Items![0].AsText());
        Assert.Equal("one\n  two\n\nthree\n", yaml.Text("text"));
        Assert.Equal("one two\nthree", yaml.Text("folded"));
        Assert.Equal("it's: # here", yaml.Text("quoted"));
        Assert.Equal("one and two", yaml.Text("plain"));
        Assert.True(yaml.Has("empty") && yaml["empty"] is null);
        Assert.Equal([1L, 2L], [yaml["merged"]!["a"]!.Scalar, yaml["merged"]!["b"]!.Scalar]);
    }

    [Fact]
    public void KeyWrittenTwice_IsAWarning_AndTheLastCounts()
    {
        var errors = new ProjectErrors();

        var yaml = YamlValue.Read(new SourceFile("", "a.yml", "a: 1\nb: 2\na: 3\n", default), errors)!;

        Assert.Equal(3L, yaml["a"]!.Scalar);
        Assert.Equal("a.yml:3:1: the key 'a' is written twice; the last one counts. Remove the other.", Assert.Single(errors.Warnings).ToString());
    }

    private static YamlValue? Read(string text)
    {
        var errors = new ProjectErrors();
        var value = YamlValue.Read(new SourceFile("", "a.yml", text.ReplaceLineEndings("\n"), default), errors);
        errors.ThrowIfAny();
        return value;
    }
}
