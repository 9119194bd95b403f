"""Rules about the size and the cost of what a program gives."""
