using Npgsql;
using Platform.Worker.Transform.Compile;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Profiles;

/// <summary>The first connection of an invocation, tried as often as the profile's <c>retries</c> say, with pauses of 1, 4, 9, ... seconds.</summary>
internal static class ConnectionRetry
{
    public static PostgresSession Open(NpgsqlDataSource dataSource, string applicationName, TargetInfo target, CancellationToken cancellationToken)
    {
        var retries = target.Settings.GetValueOrDefault("retries") is int configured ? configured : 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return PostgresSession.Open(dataSource, applicationName, cancellationToken);
            }
            catch (NpgsqlException) when (attempt <= retries)
            {
                cancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(attempt * attempt));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
