using System.CommandLine;
using Platform.Worker.Loading.Quarantine;

namespace Platform.Worker.Operate.Cli.Quarantine;

/// <summary><c>quarantine list|show|export|fix|replay|discard</c></summary>
internal static class QuarantineVerb
{
    public static Command Create(VerbSession session) => new("quarantine", "Look at rows that did not keep their contract, correct them, replay them, or give them up.")
    {
        QuarantineListCommand.Create(session),
        QuarantineShowCommand.Create(session),
        QuarantineExportCommand.Create(session),
        QuarantineFixCommand.Create(session),
        QuarantineReplayCommand.Create(session),
        QuarantineDiscardCommand.Create(session),
    };

    public static Option<string> Why()
    {
        var why = new Option<string>("--why") { Description = "The reason; it is kept with what is done.", Required = true };
        why.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var reason }] && string.IsNullOrWhiteSpace(reason))
            {
                result.AddError("--why is empty; give the reason.");
            }
        });
        return why;
    }

    /// <summary>The operating system's user on this machine.</summary>
    public static QuarantineActor Actor(string why) => new(OperatorName.OfVerb, why);
}
