Console.WriteLine("Usage: Platform.Benchmarks NAME | --list");
