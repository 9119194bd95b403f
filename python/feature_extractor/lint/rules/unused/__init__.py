"""Rules about what could go without a change of any value."""
