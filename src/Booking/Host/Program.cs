System.Console.WriteLine("CareRecords");
