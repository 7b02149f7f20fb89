using System.Net;
using Azure;

namespace Platform.Worker.Landing;

internal static class BlobAnswer
{
    /// <summary>
    /// The storage account says that what was asked for is not there. A 404 without the account's error code is somebody else's, such as a gateway's before
    /// an account that is down: it says nothing of the blob.
    /// </summary>
    public static bool IsMissing(this RequestFailedException fault) =>
        fault.Status == (int)HttpStatusCode.NotFound && !string.IsNullOrEmpty(fault.ErrorCode);
}
