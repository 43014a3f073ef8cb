"""Every form of many real models, each judged by the program that reads it."""
