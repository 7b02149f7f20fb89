Console.WriteLine("embedded");
