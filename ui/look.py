"""How the page looks: the fonts of the reader's own system. Colours and measures are in ``static/page.css``."""

from __future__ import annotations

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "DejaVu Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Liberation Mono", "DejaVu Sans Mono", "monospace")
