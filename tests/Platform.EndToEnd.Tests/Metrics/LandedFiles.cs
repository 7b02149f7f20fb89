using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CsvHelper;

namespace Platform.EndToEnd.Tests.Metrics;

/// <summary>The CSV files of the landing zone, read without any code of the Worker.</summary>
internal sealed class LandedFiles(string connectionString)
{
    private readonly BlobContainerClient _container = new(connectionString, "landing");

    /// <summary>Rows of the dataset over all partitions, oldest first, as (partition, value of each column asked for).</summary>
    public async Task<List<LandedRow>> ReadAsync(string domain, string dataset, string[] columns, CancellationToken cancellationToken)
    {
        List<LandedRow> rows = [];
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{domain}/", cancellationToken))
        {
            if (blob.Name.Split('/') is not [_, var partition, var file] || file != $"{dataset}.csv")
            {
                continue;
            }

            var content = await _container.GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken);
            using var csv = CsvReader.Create(content.Value.Content.ToMemory(), new CsvReaderOptions());
            while (csv.Read())
            {
                rows.Add(new LandedRow(partition, [.. columns.Select(column => csv.GetString(column))]));
            }
        }

        return rows;
    }
}

/// <summary>A row of a landed file: the values of the columns asked for, in their order.</summary>
internal sealed record LandedRow(string Partition, string[] Values);
