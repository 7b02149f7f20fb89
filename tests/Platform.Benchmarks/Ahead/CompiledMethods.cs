using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Reflection;

namespace Platform.Benchmarks.Ahead;

/// <summary>Notes the instantiations of generic code that the runtime compiles in this process, from its creation to <see cref="StopAsync"/>.</summary>
internal sealed class CompiledMethods : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Jit = (EventKeywords)0x10;
    private const uint Dynamic = 1, Generic = 2;

    private readonly ConcurrentDictionary<nint, bool> _handles = [];
    private volatile bool _stopped;

    /// <summary>Ends the notes.</summary>
    public async Task<IReadOnlyList<MethodBase>> StopAsync(CancellationToken cancellationToken)
    {
        // The runtime hands its events over from time to time.
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        _stopped = true;
        return [.. _handles.Keys.Select(Find).OfType<MethodBase>()];
    }

    /// <summary>Every assembly that a method's signature, declaring type or type arguments name.</summary>
    public static IEnumerable<Assembly> Assemblies(MethodBase method) =>
        Types(method.DeclaringType!).Concat(method.IsGenericMethod ? method.GetGenericArguments().SelectMany(Types) : []).Select(type => type.Assembly).Distinct();

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime)
        {
            EnableEvents(eventSource, EventLevel.Verbose, Jit);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (!_stopped && eventData.EventName is "MethodLoadVerbose_V1" or "MethodLoadVerbose_V2"
            && eventData.Payload is [ulong handle, _, _, _, _, uint flags, ..] && (flags & (Dynamic | Generic)) is Generic)
        {
            _handles.TryAdd((nint)handle, true);
        }
    }

    private static IEnumerable<Type> Types(Type type) =>
        type.HasElementType ? Types(type.GetElementType()!) : type.GetGenericArguments().SelectMany(Types).Append(type);

    /// <summary>The runtime finds the type that shares the code itself; reflection's public way wants to be told.</summary>
    private static MethodBase? Find(nint handle)
    {
        var stub = typeof(RuntimeMethodHandle).GetMethod("GetMethodInfo", BindingFlags.NonPublic | BindingFlags.Instance)!
            .Invoke(RuntimeMethodHandle.FromIntPtr(handle), null)!;
        var find = typeof(object).GetType().GetMethod("GetMethodBase", BindingFlags.NonPublic | BindingFlags.Static, [stub.GetType().GetInterfaces()[0]])!;
        return find.Invoke(null, [stub]) as MethodBase;
    }
}
