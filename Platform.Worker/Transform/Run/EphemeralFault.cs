using Platform.Worker.Transform.Graph;

namespace Platform.Worker.Transform.Run;

/// <summary>An ephemeral model of the build does not compile, so that what reads it cannot be built.</summary>
internal sealed class EphemeralFault(Node model, Exception cause) : Exception($"The ephemeral model '{model.Name}' does not compile.", cause)
{
    public Node Model => model;
}
