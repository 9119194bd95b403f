"""Rules about what readers of a program need."""
