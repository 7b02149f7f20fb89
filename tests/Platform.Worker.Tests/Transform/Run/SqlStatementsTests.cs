using Platform.Worker.Transform.Run;

namespace Platform.Worker.Tests.Transform.Run;

public sealed class SqlStatementsTests
{
    [Theory]
    [InlineData("select 1", "select 1")]
    [InlineData("select 1; select 2;", "select 1|select 2")]
    [InlineData(" ;; -- only a comment;\n ;", "")]
    [InlineData("select ';', E'\\';', \"a;b\" -- c;d\n; select 2", "select ';', E'\\';', \"a;b\" -- c;d|select 2")]
    [InlineData("select 1 /* a; /* nested; */ b; */; select 2", "select 1 /* a; /* nested; */ b; */|select 2")]
    [InlineData("do $$ begin perform 1; end $$; select $1$", "do $$ begin perform 1; end $$|select $1$")]
    [InlineData("do $body$ select ';$$;' $body$; select 2", "do $body$ select ';$$;' $body$|select 2")]
    [InlineData("create rule r as on insert to t do (select 1; select 2); select 3", "create rule r as on insert to t do (select 1; select 2)|select 3")]
    [InlineData(
        "create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3",
        "create function f() returns int begin atomic select case when true then 1 end; select 2; end|select 3")]
    [InlineData("begin; select 1; commit", "begin|select 1|commit")]
    public void Split_EndsStatementsWhereTheServerWould(string sql, string expected) =>
        Assert.Equal(expected, string.Join('|', SqlStatements.Split(sql).Select(statement => statement.Text.Trim())));

    [Fact]
    public void Split_OffsetsLeadBackToTheText()
    {
        const string sql = "select 1;\n  select 2";

        Assert.All(SqlStatements.Split(sql), statement => Assert.Equal(statement.Text, sql.Substring(statement.Offset, statement.Text.Length)));
    }
}
