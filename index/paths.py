"""One spelling for each path: a file that is named from two folders is one file."""

from __future__ import annotations

import os
from pathlib import Path


def normal(path: Path) -> Path:
    """The absolute path without "..". Links stay as they are named: one that is turned elsewhere keeps its name.

    What ".." means after a link is the folder around the link's target, as it is for the system.
    """
    whole = path.absolute()
    if ".." not in whole.parts:
        return whole
    last = len(whole.parts) - whole.parts[::-1].index("..")
    above, inside = Path(*whole.parts[:last]), whole.parts[last:]
    plain = Path(os.path.abspath(above))  # noqa: PTH100 -- pathlib does not take ".." out without following links
    try:
        is_same = plain.samefile(above)
    except OSError:  # nothing is there, or one may not look
        is_same = True
    return (plain if is_same else above.resolve()).joinpath(*inside)
