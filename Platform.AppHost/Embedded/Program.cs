using System.CommandLine;
using Platform.AppHost.Embedded;

// EmbeddedHost handles Ctrl+C and SIGTERM itself: stopping in order may take longer than the command line would wait.
return await EmbeddedCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
