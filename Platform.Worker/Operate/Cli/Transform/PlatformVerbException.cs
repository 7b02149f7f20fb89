namespace Platform.Worker.Operate.Cli.Transform;

/// <summary>The platform's stages could not do their part; <see cref="ExitCode"/> is what they ended with, and they have told why.</summary>
internal sealed class PlatformVerbException(int exitCode) : Exception("The build was not published.")
{
    public int ExitCode { get; } = exitCode;
}
