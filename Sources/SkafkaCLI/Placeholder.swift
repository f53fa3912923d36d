// SkafkaCLI
