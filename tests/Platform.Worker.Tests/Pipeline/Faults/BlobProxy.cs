using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Platform.Worker.Tests.Pipeline.Faults;

/// <summary>What the proxy does with what reaches it.</summary>
internal enum BlobFault
{
    None,

    /// <summary>Nobody answers: connections are closed at once.</summary>
    Down,

    /// <summary>A few kilobytes at a time, each after a pause.</summary>
    Slow,

    /// <summary>Every request is answered 503.</summary>
    Busy,

    /// <summary>Every request is answered 404, as a gateway does before a store that it cannot find.</summary>
    NotFound,
}

/// <summary>A loopback TCP proxy in front of a blob store, which can be told to fail.</summary>
internal sealed class BlobProxy : IAsyncDisposable
{
    private const int Chunk = 4096;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly IPEndPoint _store;
    private readonly Task _accepting;
    private CancellationTokenSource _connections = new();
    private volatile BlobFault _fault;
    private int _refused;

    /// <param name="connectionString">Of the store; its blob endpoint is on loopback.</param>
    public BlobProxy(string connectionString)
    {
        var endpoint = new Uri(Regex.Match(connectionString, "BlobEndpoint=([^;]+)").Groups[1].Value);
        _store = new IPEndPoint(IPAddress.Loopback, endpoint.Port);
        _listener.Start();
        ConnectionString = connectionString.Replace($":{endpoint.Port}/", $":{((IPEndPoint)_listener.LocalEndpoint).Port}/", StringComparison.Ordinal);
        _accepting = AcceptAsync();
    }

    /// <summary>Connects to the store by way of the proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections that met a fault other than slowness.</summary>
    public int Refused => _refused;

    /// <summary>From now on; connections that are open are cut.</summary>
    public async Task SetAsync(BlobFault fault)
    {
        _fault = fault;
        var cut = Interlocked.Exchange(ref _connections, new CancellationTokenSource());
        await cut.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _connections.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token), _connections.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cut)
    {
        using (client)
        {
            try
            {
                if (_fault is BlobFault.None or BlobFault.Slow)
                {
                    using var store = new TcpClient();
                    await store.ConnectAsync(_store, cut);
                    await Task.WhenAny(PumpAsync(client, store, cut), PumpAsync(store, client, cut));
                    return;
                }

                Interlocked.Increment(ref _refused);
                if (_fault is not BlobFault.Down)
                {
                    await AnswerAsync(client.GetStream(), _fault is BlobFault.Busy ? "503 Server Busy" : "404 Not Found", cut);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
            {
                // Either side went away, or the proxy was told to cut.
            }
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, CancellationToken cut)
    {
        var buffer = new byte[_fault is BlobFault.Slow ? Chunk : 81920];
        while (await from.GetStream().ReadAsync(buffer, cut) is > 0 and var read)
        {
            if (_fault is BlobFault.Slow)
            {
                await Task.Delay(40, cut);
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), cut);
        }
    }

    /// <summary>Reads the request's head and answers; its body is not waited for.</summary>
    private static async Task AnswerAsync(NetworkStream stream, string status, CancellationToken cut)
    {
        var buffer = new byte[Chunk];
        var head = new StringBuilder();
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, cut) is > 0 and var read)
        {
            head.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), cut);
    }
}
