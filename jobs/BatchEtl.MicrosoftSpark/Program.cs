using BatchEtl.MicrosoftSpark;

return BatchEtl.Cli.Program.Run(args, MicrosoftSparkSession.Open);
