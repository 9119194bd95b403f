"""Plug-ins: the example is built once, and loaded by each face."""
