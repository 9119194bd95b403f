"""How programs and results look in a notebook."""

from feature_extractor.notebook.html import extraction_html, extractor_html, program_html

__all__ = ["extraction_html", "extractor_html", "program_html"]
