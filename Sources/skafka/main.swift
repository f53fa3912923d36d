import SkafkaCLI
