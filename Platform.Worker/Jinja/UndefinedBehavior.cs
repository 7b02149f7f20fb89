namespace Platform.Worker.Jinja;

/// <summary>What may be done with an undefined value. Testing it with <c>is defined</c> and <c>default</c> is always allowed.</summary>
internal enum UndefinedBehavior
{
    /// <summary>Prints as nothing, is false and empty; anything else is an error.</summary>
    Default,

    /// <summary>Any use is an error.</summary>
    Strict,

    /// <summary>As <see cref="Default"/>; attributes and elements of it are undefined too.</summary>
    Chainable,

    /// <summary>As <see cref="Chainable"/>; calling it is undefined too. For renderings that only collect what a template refers to.</summary>
    Lenient,

    /// <summary>As <see cref="Default"/>, but prints as the expression that is undefined.</summary>
    Debug,
}
