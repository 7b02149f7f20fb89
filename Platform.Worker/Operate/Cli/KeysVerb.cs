using System.CommandLine;
using System.Globalization;
using Platform.ServiceDefaults;
using Platform.Worker.Access;
using Platform.Worker.Pipeline;

namespace Platform.Worker.Operate.Cli;

/// <summary><c>keys create|list|rotate|revoke</c></summary>
internal static class KeysVerb
{
    private const int DefaultDays = 365;

    public static Command Create(VerbSession session) => new("keys", "Keys of readers of the metrics API.")
    {
        CreateKey(session), List(session), Rotate(session), Revoke(session),
    };

    private static Command CreateKey(VerbSession session)
    {
        var name = Name();
        var role = new Option<string>("--role")
        {
            Description = "viewer: metrics and saved queries; analyst: tables and plans as well; operator; admin.", DefaultValueFactory = _ => "viewer",
        };
        role.AcceptOnlyFromAmong([.. KeyGrant.Roles]);
        var domains = new Option<string[]>("--domain") { Description = "Only metrics of this domain; may be given several times.", DefaultValueFactory = _ => [] };
        var metrics = new Option<string[]>("--metric") { Description = "Only this metric; may be given several times.", DefaultValueFactory = _ => [] };
        var rows = new Option<string[]>("--rows")
        {
            Description = "Only rows with these values of a dimension, e.g. customer__region=DACH,Nordics; may be given several times.", DefaultValueFactory = _ => [],
        };
        var rate = new Option<int?>("--requests-per-minute") { Description = "Requests that it may send in a minute. Default: what the Api allows every key." };
        var days = Days();
        var json = JsonOutput.Option();
        var command = new Command("create", "Make a key; its secret is shown this once.") { name, role, domains, metrics, rows, rate, days, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var grant = new KeyGrant(arguments.GetRequiredValue(name), arguments.GetRequiredValue(role))
                {
                    Domains = arguments.GetRequiredValue(domains),
                    Metrics = arguments.GetRequiredValue(metrics),
                    Rows = Rows(arguments.GetRequiredValue(rows)),
                    RequestsPerMinute = arguments.GetValue(rate),
                };
                var issued = await services.GetRequiredService<AccessKeys>().CreateAsync(
                    grant, TimeSpan.FromDays(arguments.GetValue(days)), OperatorName.OfVerb, cancellationToken);
                await TellAsync(issued, arguments.GetValue(json));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command List(VerbSession session)
    {
        var name = new Option<string?>("--name") { Description = "Only keys of this name." };
        var json = JsonOutput.Option();
        var command = new Command("list", "Show the keys, newest first; of a secret there are the first characters only.") { name, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var keys = await services.GetRequiredService<AccessKeys>().ListAsync(arguments.GetValue(name), cancellationToken);
                await (arguments.GetValue(json)
                    ? JsonOutput.WriteAsync(new { keys })
                    : TextTable.WriteAsync(["name", "secret", "role", "domains", "metrics", "rows", "state", "created", "expires"], keys.Select(key => (string[])
                    [
                        key.Name, key.Prefix + "...", key.Role, string.Join(' ', key.Domains ?? []), string.Join(' ', key.Metrics ?? []),
                        key.Rows.GetRawText() is "{}" ? "" : key.Rows.GetRawText(), key.State, Day(key.CreatedAt), Day(key.ExpiresAt),
                    ])));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command Rotate(VerbSession session)
    {
        var name = Name();
        var overlap = new Option<int>("--overlap-hours") { Description = "How long the former secret is still let in.", DefaultValueFactory = _ => 24 };
        var days = Days();
        var json = JsonOutput.Option();
        var command = new Command("rotate", "Make a new secret for a key; it is shown this once.") { name, overlap, days, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var issued = await services.GetRequiredService<AccessKeys>().RotateAsync(
                    arguments.GetRequiredValue(name), TimeSpan.FromDays(arguments.GetValue(days)), TimeSpan.FromHours(Math.Max(0, arguments.GetValue(overlap))),
                    OperatorName.OfVerb, cancellationToken);
                await TellAsync(issued, arguments.GetValue(json));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Command Revoke(VerbSession session)
    {
        var name = Name();
        var json = JsonOutput.Option();
        var command = new Command("revoke", "End a key at once, with all its secrets.") { name, json };
        command.SetAction((arguments, cancellationToken) => session.RunAsync(
            arguments,
            [WarehouseNames.Connection],
            async services =>
            {
                var revoked = await services.GetRequiredService<AccessKeys>().RevokeAsync(arguments.GetRequiredValue(name), OperatorName.OfVerb, cancellationToken);
                await (arguments.GetValue(json) ? JsonOutput.WriteAsync(new { revoked }) : Console.Error.WriteLineAsync($"{revoked} secrets of '{arguments.GetValue(name)}' are revoked."));
                return ExitCode.Success;
            },
            cancellationToken));
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "The key's holder, e.g. power-bi." };

    private static Option<int> Days()
    {
        var days = new Option<int>("--days") { Description = "Days until it expires, 1 to 3650.", DefaultValueFactory = _ => DefaultDays };
        days.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var value) && value is >= 1 and <= 3650))
            {
                result.AddError("--days is 1 to 3650.");
            }
        });
        return days;
    }

    private static Dictionary<string, IReadOnlyList<string>> Rows(IEnumerable<string> texts)
    {
        var rows = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var text in texts)
        {
            var parts = text.Split('=', 2);
            string[] values = parts.Length == 2 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
            if (!rows.TryAdd(parts[0].Trim(), values))
            {
                throw new ConfigurationFaultException($"--rows names '{parts[0]}' twice; give its values separated by commas.");
            }
        }

        return rows;
    }

    private static async Task TellAsync(IssuedKey issued, bool json)
    {
        if (json)
        {
            await JsonOutput.WriteAsync(new { issued.Secret, issued.Key });
            return;
        }

        await Console.Out.WriteLineAsync(issued.Secret);
        await Console.Error.WriteLineAsync($"Key '{issued.Key.Name}', {issued.Key.Role}, until {Day(issued.Key.ExpiresAt)}. The secret is not kept: store it now.");
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
