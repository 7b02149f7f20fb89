using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Platform.Benchmarks.Api;

/// <summary>
/// Sends one request again and again over 16 connections. It reads no more of a response than where it ends, so that on few cores the server, and
/// not the reader, is what is measured.
/// </summary>
internal static class LoadGenerator
{
    private const int Connections = 16;

    /// <returns>Requests a second, and the latency in milliseconds that 99 of 100 stay below.</returns>
    public static async Task<(double Rate, double P99)> RunAsync(int port, string target, TimeSpan time, CancellationToken cancellationToken)
    {
        var request = Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n\r\n");
        var started = Stopwatch.GetTimestamp();
        var results = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => ConnectionAsync(port, request, started, time, cancellationToken), cancellationToken)));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] latencies = [.. results.SelectMany(result => result).Order()];
        return (latencies.Length / seconds, latencies[(int)(latencies.Length * 0.99)]);
    }

    private static async Task<List<double>> ConnectionAsync(int port, byte[] request, long started, TimeSpan time, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        var buffer = new byte[1024 * 1024];
        var latencies = new List<double>();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request, cancellationToken);
            await ReceiveAsync(socket, buffer, cancellationToken);
            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        return latencies;
    }

    private static async Task ReceiveAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        var (read, whole) = (0, int.MaxValue);
        while (read < whole)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(read), cancellationToken);
            if (received == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            read += received;
            if (whole == int.MaxValue && buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                whole = end + 4 + Length(buffer.AsSpan(0, end));
            }
        }
    }

    private static int Length(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidOperationException(Encoding.ASCII.GetString(head));
        }

        ReadOnlySpan<byte> name = "Content-Length: "u8;
        var value = head[(head.IndexOf(name) + name.Length)..];
        var end = value.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? value : value[..end], CultureInfo.InvariantCulture);
    }
}
