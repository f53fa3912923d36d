import SkafkaCLI

SkafkaMain.run(arguments: CommandLine.arguments)
