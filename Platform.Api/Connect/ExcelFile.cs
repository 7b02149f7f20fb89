using System.Security;

namespace Platform.Api.Connect;

/// <summary>An <c>.odc</c> file with a Power Query over one entity set, in the form in which Excel exports its own.</summary>
internal static class ExcelFile
{
    public static string Of(string root, string set)
    {
        var formula =
            $"""
            let
                Source = OData.Feed("{root}/odata", null, [Implementation = "2.0"]),
                Rows = Source{"{"}[Name = "{set}", Signature = "table"]{"}"}[Data]
            in
                Rows
            """;
        var mashup =
            $"""
            <Mashup xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.microsoft.com/DataMashup"><Client>EXCEL</Client>
            <Version>2.100.0.0</Version><MinVersion>1.5.3296.0</MinVersion><Culture>en-US</Culture><SafeCombine>true</SafeCombine><Items><Query Name="{Escape(set)}">
            <Formula><![CDATA[{formula}]]></Formula><IsParameterQuery xsi:nil="true" /><IsDirectQuery xsi:nil="true" /></Query></Items></Mashup>
            """;
        return
            $"""
            <html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">
            <head>
            <meta http-equiv="Content-Type" content="text/x-ms-odc; charset=utf-8" />
            <meta name="ProgId" content="ODC.Database" />
            <meta name="SourceType" content="OLEDB" />
            <title>{Escape(set)}</title>
            <xml id="docprops"><o:DocumentProperties><o:Name>{Escape(set)}</o:Name></o:DocumentProperties></xml>
            <xml id="msodc"><odc:OfficeDataConnection xmlns:odc="urn:schemas-microsoft-com:office:odc">
            <odc:PowerQueryConnection odc:Type="OLEDB">
            <odc:ConnectionString>Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location={Escape(set)};Extended Properties=""</odc:ConnectionString>
            <odc:CommandType>SQL</odc:CommandType>
            <odc:CommandText>SELECT * FROM [{Escape(set)}]</odc:CommandText>
            </odc:PowerQueryConnection>
            <odc:PowerQueryMashupData>{Escape(mashup)}</odc:PowerQueryMashupData>
            </odc:OfficeDataConnection></xml>
            </head>
            <body></body>
            </html>
            """;
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}
