using Platform.Testing;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Warehouse;

public sealed class SqlTests(EmbeddedServers servers)
{
    [Theory]
    [InlineData("orders", "\"orders\"")]
    [InlineData("Or\"ders", "\"Or\"\"ders\"")]
    public void Identifier_AnyName_IsQuoted(string name, string quoted) => Assert.Equal(quoted, Sql.Identifier(name));

    [Fact]
    public void Identifier_LongerThanPostgreSqlKeeps_IsRefused() => Assert.Throws<ArgumentException>(() => Sql.Identifier(new string('ä', 32)));

    [Theory]
    [InlineData("it's")]
    [InlineData("back\\slash 'and' quote")]
    [InlineData("$$; drop table x; --")]
    public async Task Literal_AnyText_ComesBackUnchanged(string text)
    {
        await using var database = await servers.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var command = database.DataSource.CreateCommand($"select {Sql.Literal(text)}");

        Assert.Equal(text, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
