namespace Platform.Api.Access;

/// <summary>What every response tells a browser: load nothing from elsewhere, guess no types, frame nothing.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // The start page has its styles inline and no script. The API reference is a script of this server that styles itself.
    private const string Page = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string Reference =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
        "connect-src 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        // As the response starts: the exception handler clears what was set before.
        context.Response.OnStarting(Write, context);
        return next(context);
    }

    private static Task Write(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/scalar") ? Reference : Page;
        return Task.CompletedTask;
    }
}
