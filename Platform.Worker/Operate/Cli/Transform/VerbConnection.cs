using Npgsql;
using Platform.ServiceDefaults;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Profiles;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Verbs;

namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>The database a verb works in: the profile's, or the platform's when no profile is asked for or found.</summary>
internal sealed record VerbConnection(NpgsqlDataSource DataSource, TargetInfo? Target, TransformOptions Options) : IAsyncDisposable
{
    /// <exception cref="TransformException">There is no such profile and no connection of the platform.</exception>
    public static VerbConnection Open(VerbArguments arguments, ProjectPlace place)
    {
        var search = Search(arguments);
        if (!place.IsPlatform && search.Find() is { } profile)
        {
            if (arguments.Flags.Threads is { } threads)
            {
                profile = profile with { Threads = threads };
            }

            return new VerbConnection(profile.CreateDataSource(), profile.ToTarget(), new TransformOptions { Threads = profile.Threads });
        }

        var settings = PlatformSettings.Load();
        if (settings.Warehouse is not { Length: > 0 } connection)
        {
            throw place.IsPlatform
                ? new ConfigurationFaultException(
                    $"ConnectionStrings__{WarehouseNames.Connection} is not set. Set it to a PostgreSQL connection string, or give --profiles-dir.")
                : search.NotFound($" Or set ConnectionStrings__{WarehouseNames.Connection} to build on the platform's connection.");
        }

        if (Writes(arguments.Verb) && (place.IsPlatform || arguments.Header.Name == PlatformProject(settings)))
        {
            throw new ConfigurationFaultException(
                $"'transform {arguments.Verb.Which()}' would change what readers of the platform's own project see, without its tests. "
                + "Use 'transform build' outside of the project's folder, which publishes; or give --profiles-dir to build it elsewhere.");
        }

        return new VerbConnection(WarehouseDataSource.Create(connection), null, settings.Transform);
    }

    private static bool Writes(TransformVerb verb) =>
        verb is TransformVerb.Build or TransformVerb.Run or TransformVerb.Seed or TransformVerb.Snapshot or TransformVerb.Clone
            or TransformVerb.Publish;

    private static string? PlatformProject(PlatformSettings settings) =>
        File.Exists(Path.Combine(settings.Transform.ProjectDirectory, ProjectFile.FileName))
            ? ProjectHeader.Read(settings.Transform.ProjectDirectory, new Dictionary<string, object?>()).Name
            : null;

    public static ProfileSearch Search(VerbArguments arguments) => new()
    {
        ProjectDirectory = arguments.Header.Directory,
        ProjectProfile = arguments.Header.Profile,
        ProfilesDirectory = arguments.Flags.ProfilesDirectory,
        Profile = arguments.Flags.Profile,
        Target = arguments.Flags.Target,
        Vars = arguments.Flags.Vars,
    };

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}
