"""Rules about values that are not what they seem."""
