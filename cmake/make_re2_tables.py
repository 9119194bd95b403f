"""Make the tables of RE2 that Debian's source archive leaves out, with RE2's own scripts.

Usage: make_re2_tables.py RE2_FOLDER UNICODE_FOLDER. Writes unicode_groups.cc and unicode_casefold.cc
(from the Unicode character database) and perl_groups.cc into RE2_FOLDER/re2.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import subprocess
import sys
import types
import urllib
import urllib.request
from pathlib import Path


def main() -> None:
    """Run the command line."""
    scripts, unicode_folder = Path(sys.argv[1]) / "re2", sys.argv[2]
    # The scripts also run with Python 2, for which they import `six`; nothing of it is needed here.
    moves = types.ModuleType("six.moves")
    moves.urllib = urllib  # type: ignore[attr-defined]
    sys.modules["six"], sys.modules["six.moves"] = types.ModuleType("six"), moves
    sys.path.insert(0, str(scripts))
    parser = scripts / "unicode.py"
    folder_line = f"_UNICODE_DIR = {unicode_folder!r}"
    text = re.sub("(?m)^_UNICODE_DIR = .*$", folder_line, parser.read_text(encoding="utf-8"))
    parser.write_text(text, encoding="utf-8")
    for table in ("groups", "casefold"):
        source = io.StringIO()
        with contextlib.redirect_stdout(source):
            importlib.import_module(f"make_unicode_{table}").main()
        (scripts / f"unicode_{table}.cc").write_text(source.getvalue(), encoding="utf-8")
    made = subprocess.run(
        ["perl", str(scripts / "make_perl_groups.pl")], check=True, capture_output=True, text=True
    )
    (scripts / "perl_groups.cc").write_text(made.stdout, encoding="utf-8")


if __name__ == "__main__":
    main()
