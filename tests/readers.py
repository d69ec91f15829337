"""A process that searches a library while another writes to it; run by ``test_index_processes``.

``python readers.py HOME`` prints "ready" after its first search, and one line of JSON once there is a file HOME/stop.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import time
from pathlib import Path

from index.embed import LetterEmbedder
from index.library import Library
from index.settings import Settings


def run(home: Path) -> dict[str, object]:
    """Search until told to stop: the versions seen of "a.txt", what was wrong, and the median seconds of a search."""
    settings = Settings(home=home)
    versions: list[int] = []
    wrong: list[str] = []
    times: list[float] = []
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.search("harbours")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        stopping = False
        while not stopping:
            stopping = (home / "stop").exists()  # and one search more
            started = time.monotonic()
            hits = [hit for hit in library.search("harbours of the article a", 40) if hit.article.id == "a.txt"]
            times.append(time.monotonic() - started)
            found = {int(v) for hit in hits for v in re.findall(r"version (\d+)", hit.passage.text)}
            whole = {int(v) for hit in hits for v in re.findall(r"version (\d+)", hit.article.text)}
            if len(found) != 1 or found != whole:
                wrong.append(f"passages of {sorted(found)} in articles of {sorted(whole)}")
            elif not versions or versions[-1] != next(iter(found)):
                versions += found
    return {"versions": versions, "wrong": wrong[:3], "median": statistics.median(times)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]))) + "\n")
