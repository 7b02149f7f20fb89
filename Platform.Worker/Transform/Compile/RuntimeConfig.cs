using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>
/// <c>ref.config</c>: the project's settings as dbt holds them. Undocumented, and read nevertheless by packages that want to know their own version
/// or the project's variables.
/// </summary>
internal static class RuntimeConfig
{
    public static Value Of(Invocation invocation)
    {
        var root = Fields(invocation, invocation.Packages[0]);
        root["dependencies"] = DictValue.From(invocation.Packages.Select(package =>
            KeyValuePair.Create(package.Name, Value.From(new FieldsValue(nameof(RuntimeConfig), Fields(invocation, package))))));
        return new FieldsValue(nameof(RuntimeConfig), root);
    }

    private static DictValue Fields(Invocation invocation, Package package)
    {
        var project = package.Project;
        return DictValue.FromClr((IEnumerable<KeyValuePair<string, object?>>)new Dictionary<string, object?>
        {
            ["project_name"] = project.Name,
            ["version"] = project.Version.Length == 0 ? null : project.Version,
            ["project_root"] = package.Root,
            ["model_paths"] = project.ModelPaths,
            ["macro_paths"] = project.MacroPaths,
            ["seed_paths"] = project.SeedPaths,
            ["test_paths"] = project.TestPaths,
            ["analysis_paths"] = project.AnalysisPaths,
            ["snapshot_paths"] = project.SnapshotPaths,
            ["docs_paths"] = project.DocsPaths,
            ["asset_paths"] = project.AssetPaths,
            ["target_path"] = project.TargetPath,
            ["log_path"] = project.LogPath,
            ["clean_targets"] = project.CleanTargets,
            ["packages_install_path"] = project.PackagesPath,
            ["on_run_start"] = project.OnRunStart,
            ["on_run_end"] = project.OnRunEnd,
            ["quoting"] = project.Quoting.ToDictionary(part => part.Key, part => (object?)part.Value),
            ["restrict_access"] = project.RestrictAccess,
            ["flags"] = project.Flags,
            ["vars"] = Value.From(new FieldsValue(
                "VarProvider", DictValue.From([KeyValuePair.Create("vars", Value.FromClr(project.Vars))]), DictValue.FromClr(project.Vars))),
            ["profile_name"] = invocation.Target.ProfileName,
            ["target_name"] = invocation.Target.Name,
            ["threads"] = invocation.Target.Threads,
            ["credentials"] = Value.From(new FieldsValue("PostgresCredentials", invocation.Target.ToValue().As<DictValue>()!)),
            ["cli_vars"] = invocation.Flags.Vars,
            ["args"] = Value.From(new FieldsValue("Flags", DictValue.FromClr(invocation.Flags.ToDictionary()))),
        });
    }
}
