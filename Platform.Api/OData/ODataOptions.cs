using System.ComponentModel.DataAnnotations;

namespace Platform.Api.OData;

/// <summary>Bounds of OData's answers. Section <c>OData</c>.</summary>
internal sealed class ODataOptions
{
    public const string Section = "OData";

    /// <summary>Rows of a page, unless the reader asks for another size (<c>Prefer: maxpagesize</c>). Default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int PageSize { get; set; } = 5_000;

    /// <summary>Largest page that a reader gets. Default 50,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxPageSize { get; set; } = 50_000;
}
