using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Worker.Landing;

namespace Platform.Worker.Pipeline;

/// <summary>Whose fault an exception is. Only an infrastructure fault may pass by itself, so only that is retried.</summary>
internal enum Fault
{
    Data,
    Configuration,
    Infrastructure,
    Unexpected,
}

/// <summary>Reads the fault off an exception's type and its structured fields (SQLSTATE, HTTP status), never off its message.</summary>
internal static class FaultClassifier
{
    public static Fault Classify(Exception exception) => exception switch
    {
        DataFaultException => Fault.Data,
        ConfigurationFaultException or OptionsValidationException => Fault.Configuration,
        AggregateException aggregate => OfAll(aggregate.InnerExceptions),
        PostgresException postgres => OfSqlState(postgres),
        NpgsqlException { IsTransient: true } => Fault.Infrastructure,
        NpgsqlException { InnerException: { } inner } => Classify(inner),
        // Not the storage account's own word: a gateway's, before an account that is down.
        RequestFailedException { Status: 404 } missing when !missing.IsMissing() => Fault.Infrastructure,
        RequestFailedException request => OfStatus(request.Status),
        CredentialUnavailableException or AuthenticationFailedException => Fault.Configuration,
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => Fault.Configuration,
        IOException or SocketException or TimeoutException or HttpRequestException => Fault.Infrastructure,
        // Not our own token, which the caller has looked at before: a client's time-out.
        OperationCanceledException => Fault.Infrastructure,
        _ => Fault.Unexpected,
    };

    public static string Word(this Fault fault) => fault switch
    {
        Fault.Data => "data",
        Fault.Configuration => "configuration",
        Fault.Infrastructure => "infrastructure",
        _ => "unexpected",
    };

    /// <summary>The fault that the ledger's <c>error_class</c> names.</summary>
    public static Fault OfWord(string word) => Enum.GetValues<Fault>().First(fault => fault.Word() == word);

    /// <summary>The fault that all of them are: the Azure SDK gathers those of its tries.</summary>
    private static Fault OfAll(IEnumerable<Exception> exceptions) =>
        exceptions.Select(Classify).Distinct().ToList() is [var fault] ? fault : Fault.Unexpected;

    /// <summary>SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html.</summary>
    private static Fault OfSqlState(PostgresException postgres) => postgres switch
    {
        { IsTransient: true } => Fault.Infrastructure,
        { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.QueryCanceled } => Fault.Infrastructure,
        { SqlState: ['2', '2' or '3', ..] } => Fault.Data,
        { SqlState: ['2', '8', ..] or ['3', 'D' or 'F', ..] or ['4', '2', ..] } => Fault.Configuration,
        _ => Fault.Unexpected,
    };

    private static Fault OfStatus(int status) => status switch
    {
        // 0: no answer came at all.
        0 or 408 or 429 or >= 500 => Fault.Infrastructure,
        401 or 403 => Fault.Configuration,
        404 => Fault.Data,
        _ => Fault.Unexpected,
    };
}
