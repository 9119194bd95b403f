"""The JVM computes the same bits as Python, and survives what its callers do wrong."""
