using Platform.Worker.Jinja.Syntax;
using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// <c>{% materialization name, default %}</c> or <c>{% materialization name, adapter='postgres' %}</c>: the macro
/// <c>materialization_name_default</c> or <c>materialization_name_postgres</c>
/// (https://docs.getdbt.com/guides/create-new-materializations).
/// </summary>
internal sealed class MaterializationTag() : ExtensionTag("materialization")
{
    public override void Parse(TagParser parser)
    {
        var name = parser.ExpectName();
        var adapter = "default";
        var metadata = new Dictionary<string, Value>();
        while (parser.SkipIf(TokenKind.Comma))
        {
            var word = parser.ExpectName();
            if (!parser.SkipIf(TokenKind.Assign))
            {
                continue;
            }

            metadata[word] = parser.ParseLiteral();
            if (word == "adapter")
            {
                adapter = metadata[word].ToString();
            }
        }

        parser.DefineMacro($"materialization_{name}_{adapter}", hasSignature: false, metadata);
    }
}
