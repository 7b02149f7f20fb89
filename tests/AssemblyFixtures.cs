using Platform.Testing;

[assembly: AssemblyFixture(typeof(EmbeddedServers))]
