"""Measurements beside what one would use instead; see README.md."""
