"""Settings that must stand before the measured libraries are imported."""

import os

# Polars reads the number of threads once, when it is imported.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
