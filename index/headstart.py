"""Importing in a thread, while the program is still busy with something else, what the first search would import."""

from __future__ import annotations

import threading
from contextlib import suppress

from index import chroma, language
from index.errors import PullquoteError


def import_for_search() -> None:
    """Begin to import what the first search would import."""

    def work() -> None:
        with suppress(ImportError, PullquoteError):  # told by who needs it
            chroma.import_library()
            language.detect("the")  # loads its model

    threading.Thread(target=work, name="pullquote-importing", daemon=True).start()
