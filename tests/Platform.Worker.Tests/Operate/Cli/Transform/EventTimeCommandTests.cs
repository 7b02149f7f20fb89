using Platform.Testing;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

/// <summary>The flags that say which rows a command reads.</summary>
public sealed class EventTimeCommandTests(EmbeddedServers servers)
{
    private static readonly (string, string)[] Files =
    [
        ("models/events.sql", "{{ config(materialized='table', event_time='at') }} select day as id, timestamp '2026-01-01' + (day - 1) * interval '1 day' as at from generate_series(1, 10) day"),
        ("models/daily.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day', begin='2026-01-01', unique_key='id') }} select * from {{ ref('events') }}"),
        ("models/all_days.sql", "{{ config(materialized='table') }} select * from {{ ref('events') }}"),
    ];

    [Fact]
    public async Task EventTimeStartAndEnd_ChooseTheBatches_AndNothingElse()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Files);

        var result = await cli.RunAsync("run", "--threads", "1", "--event-time-start", "2026-01-03", "--event-time-end", "2026-01-05T00:00:00");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Matches(@"\d of 3 START sql microbatch model dev\.daily \.+ \[RUN\]\n", result.Output);
        Assert.Matches(@"Batch 1 of 2 START batch 2026-01-03 of dev\.daily \.+ \[RUN\]\n", result.Output);
        Assert.Matches(@"Batch 2 of 2 OK created batch 2026-01-04 of dev\.daily \.+ \[MERGE 1 in \d+\.\d\ds\]\n", result.Output);
        Assert.Matches(@"\d of 3 OK created sql microbatch model dev\.daily \.+ \[SUCCESS in \d+\.\d\ds\]\n", result.Output);
        Assert.Equal(("3,4", 10), (await cli.ScalarAsync<string>("select string_agg(id::text, ',' order by id) from dev.daily"), await cli.ScalarAsync<long>("select count(*) from dev.all_days")));

        Assert.All(["compiled", "run"], folder => Assert.Equal(
            ["daily_2026-01-03.sql", "daily_2026-01-04.sql"],
            Directory.EnumerateFiles(Path.Combine(cli.Project.Directory, "target", folder, "shop", "models", "daily")).Select(Path.GetFileName).Order()));
        Assert.Contains("'2026-01-03", File.ReadAllText(Path.Combine(cli.Project.Directory, "target/compiled/shop/models/daily/daily_2026-01-03.sql")), StringComparison.Ordinal);

        await cli.RunAsync("run", "--select", "daily", "--event-time-start", "2026-01-07", "--event-time-end", "2026-01-08 00:00:00");

        Assert.Equal("3,4,7", await cli.ScalarAsync<string>("select string_agg(id::text, ',' order by id) from dev.daily"));
    }

    [Theory]
    [InlineData("--event-time-start", "2026-01-03", "The flag `--event-time-start` was specified, but `--event-time-end` was not")]
    [InlineData("--event-time-end", "2026-01-03", "The flag `--event-time-end` was specified, but `--event-time-start` was not")]
    [InlineData("--event-time-start", "yesterday", "'yesterday' does not match the formats")]
    public async Task EventTime_GivenInPart_ExitsWith2(string flag, string value, string message)
    {
        await using var cli = await TransformCli.CreateAsync(servers, Files);

        var result = await cli.RunAsync("run", flag, value);

        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventTime_EndBeforeStart_ExitsWith2()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Files);

        var result = await cli.RunAsync("run", "--event-time-start", "2026-01-03", "--event-time-end", "2026-01-03");

        Assert.Equal(2, result.Code);
        Assert.Contains("must be less than", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SampleAndEmpty_AreTakenFromTheCommandLine()
    {
        await using var cli = await TransformCli.CreateAsync(servers, Files);

        var sampled = await cli.RunAsync("build", "--sample", "{'start': '2026-01-02', 'end': '2026-01-04'}");

        Assert.Equal(0, sampled.Code);
        Assert.Equal(("2,3", 2), (await cli.ScalarAsync<string>("select string_agg(id::text, ',' order by id) from dev.daily"), await cli.ScalarAsync<long>("select count(*) from dev.all_days")));

        var empty = await cli.RunAsync("run", "--empty", "--select", "all_days");

        Assert.Equal(0, empty.Code);
        Assert.Equal(0, await cli.ScalarAsync<long>("select count(*) from dev.all_days"));
    }
}
