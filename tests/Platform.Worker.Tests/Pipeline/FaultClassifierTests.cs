using System.Net.Sockets;
using Azure;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Tests.Pipeline;

public sealed class FaultClassifierTests
{
    public static TheoryData<Exception, string> Faults => new()
    {
        { new DataFaultException("bad row"), "data" },
        { new ConfigurationFaultException("no model"), "configuration" },
        { new OptionsValidationException("Pipeline", typeof(PipelineOptions), ["Cron"]), "configuration" },
        { new NpgsqlException("reading", new IOException("connection reset")), "infrastructure" },
        { new NpgsqlException("connecting", new SocketException((int)SocketError.ConnectionRefused)), "infrastructure" },
        { Postgres(PostgresErrorCodes.SerializationFailure), "infrastructure" },
        { Postgres(PostgresErrorCodes.DeadlockDetected), "infrastructure" },
        { Postgres(PostgresErrorCodes.TooManyConnections), "infrastructure" },
        { Postgres(PostgresErrorCodes.DiskFull), "infrastructure" },
        { Postgres(PostgresErrorCodes.AdminShutdown), "infrastructure" },
        { Postgres(PostgresErrorCodes.CannotConnectNow), "infrastructure" },
        { Postgres(PostgresErrorCodes.UniqueViolation), "data" },
        { Postgres(PostgresErrorCodes.NumericValueOutOfRange), "data" },
        { Postgres(PostgresErrorCodes.InvalidPassword), "configuration" },
        { Postgres(PostgresErrorCodes.InvalidCatalogName), "configuration" },
        { Postgres(PostgresErrorCodes.UndefinedTable), "configuration" },
        { new RequestFailedException(503, "busy"), "infrastructure" },
        { new RequestFailedException(429, "slow down"), "infrastructure" },
        { new RequestFailedException(0, "no answer"), "infrastructure" },
        { new RequestFailedException(404, "no blob", "BlobNotFound", innerException: null), "data" },
        { new RequestFailedException(404, "no such route"), "infrastructure" },
        { new RequestFailedException(403, "not yours"), "configuration" },
        { new AggregateException(new RequestFailedException(503, "busy")), "infrastructure" },
        { new AggregateException(new RequestFailedException(0, "no answer"), new RequestFailedException(503, "busy")), "infrastructure" },
        { new AggregateException(new RequestFailedException(503, "busy"), new InvalidOperationException("a defect")), "unexpected" },
        { new TimeoutException(), "infrastructure" },
        { new TaskCanceledException("HttpClient.Timeout", new TimeoutException()), "infrastructure" },
        { new FileNotFoundException(), "configuration" },
        { new InvalidOperationException("a defect"), "unexpected" },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Classify_ReadsTypeAndFields(Exception exception, string fault) =>
        Assert.Equal(fault, FaultClassifier.Classify(exception).Word());

    private static PostgresException Postgres(string sqlState) => new("message", "ERROR", "ERROR", sqlState);
}
