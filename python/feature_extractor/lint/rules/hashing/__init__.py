"""Rules about hashed ids."""
