"""Rules about labels and the future in features."""
