using Platform.Testing;

namespace Platform.Worker.Tests.Transform.Publish;

public sealed class BuildRecordTests(EmbeddedServers servers)
{
    [Fact]
    public async Task InvocationOfAKilledBuild_IsClosedByTheNext()
    {
        await using var warehouse = await TestWarehouse.CreateAsync(servers);
        await warehouse.ExecuteAsync("insert into meta.invocation (invocation_id, started_at) values (gen_random_uuid(), now() - interval '1 hour')");
        using var project = TestProject.Of(("models/orders.sql", "select 1 as id"));

        await warehouse.PublishAsync(project);

        Assert.Equal(
            "False|The build ended without a word; its process was probably killed.\nTrue|",
            await warehouse.RowsAsync("select success, detail ->> 'error' from meta.invocation where finished_at is not null order by started_at"));
    }
}
