"""Reads and writes tables for ``fx run``: Parquet, CSV, JSON lines and Arrow, batch by batch."""
