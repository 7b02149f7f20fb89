using Platform.AppHost.Embedded.Servers;

namespace Platform.AppHost.Embedded;

/// <summary>The port of the console and the API.</summary>
internal static class ConsolePort
{
    private const int First = 8080;
    private const int Last = 8180;

    public static string Address(int port) => $"http://localhost:{port}";

    /// <summary>The port asked for, or the first free one from 8080.</summary>
    public static int Choose(int? asked)
    {
        if (asked is { } port)
        {
            return LoopbackPort.IsFree(port) ? port : throw new ServerException($"Port {port} is in use. Name another one with --port, or leave it out.");
        }

        for (var candidate = First; candidate <= Last; candidate++)
        {
            if (LoopbackPort.IsFree(candidate))
            {
                return candidate;
            }
        }

        throw new ServerException($"The ports {First} to {Last} are all in use. Name another one with --port.");
    }
}
