"""Rules about the inputs of a program and the columns of the data."""
