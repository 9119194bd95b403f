"""``python -m feature_extractor`` is the command ``fx``."""

import sys

from feature_extractor.cli import main

if __name__ == "__main__":
    sys.exit(main())
