using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Project;

/// <summary>Reads an entry below <c>constraints:</c>.</summary>
internal static class ConstraintReader
{
    private static readonly string[] Types = ["check", "not_null", "unique", "primary_key", "foreign_key", "custom"];

    public static ModelConstraint? Read(YamlValue entry, string owner, ProjectErrors errors)
    {
        if (entry.Text("type") is not { } type || !Types.Contains(type))
        {
            errors.Add(entry.At, $"a constraint of {owner} has the type '{entry.Text("type")}'. Types are {string.Join(", ", Types)}.");
            return null;
        }

        return new ModelConstraint
        {
            Type = type,
            Name = entry.Text("name"),
            Expression = entry.Text("expression"),
            Columns = YamlValue.Texts(entry["columns"]),
            To = entry.Text("to"),
            ToColumns = YamlValue.Texts(entry["to_columns"]),
            WarnUnenforced = entry.Flag("warn_unenforced") ?? true,
            WarnUnsupported = entry.Flag("warn_unsupported") ?? true,
        };
    }
}
