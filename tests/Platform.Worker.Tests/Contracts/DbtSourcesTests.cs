using Platform.Worker.Contracts;

namespace Platform.Worker.Tests.Contracts;

public sealed class DbtSourcesTests
{
    [Fact]
    public void Yaml_ContractsOfADomain_AreTheirFactTablesWithAllColumns()
    {
        var domain = ContractCatalog.Load([Path.Combine(AppContext.BaseDirectory, "Loading", "Late")]).Domains.Single();

        Assert.Equal("_shop__sources.yml", DbtSources.FileName(domain));
        Assert.Equal(
            """
            version: 2

            sources:
              - name: shop
                description: Fact tables of the domain shop, filled by the loader from its contracts.
                schema: shop
                tables:
                  - name: visits
                    description: ""
                    columns:
                      - name: visit_id
                        description: "Number: \"as printed\"."
                        data_type: text
                      - name: visited_on
                        description: ""
                        data_type: date
                      - name: spent
                        description: ""
                        data_type: numeric(10,2)
                      - name: _partition
                        description: "Data date that the row belongs to."
                        data_type: date
                      - name: _load
                        description: "Load that it came with: meta.partition_load."
                        data_type: bigint
                      - name: _line
                        description: "Line of the load's files."
                        data_type: integer

            """.ReplaceLineEndings("\n"),
            DbtSources.Yaml(domain));
    }
}
