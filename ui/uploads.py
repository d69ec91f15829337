"""Files and texts that come in through the browser → files in the data directory, from which they are indexed.

They are kept there, so that the library can be built anew from them. A name is what its sender says: only letters,
digits and a few signs of it are used, and it never leads anywhere but into the folder.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from index.errors import PullquoteError
from index.load import READERS
from index.settings import Settings

FILES = 100
"""Files taken at once."""
FILE_BYTES = 40_000_000
"""Largest file taken."""
TEXT_CHARACTERS = 500_000
"""Longest text taken."""

_NAME_CHARACTERS = 80
_UNFIT = re.compile(r"[^\w .,()&+-]+")


class UploadError(PullquoteError):
    """Something that will not be taken in."""


def folder(settings: Settings) -> Path:
    """Where what came in is kept."""
    return settings.home / "articles"


def held(settings: Settings) -> list[Path]:
    """The folder of what came in, if there is anything in it, for a library that is built anew."""
    place = folder(settings)
    found = place.is_dir() and any(not file.name.startswith(".") for file in place.iterdir())
    return [place] if found else []


def kinds() -> tuple[str, ...]:
    """The endings of the files that are taken."""
    return tuple(sorted(READERS))


def safe_name(name: str) -> str:
    """A file name made of harmless signs, with its ending; ``article`` where nothing of it is left."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    stem, suffix = Path(plain).stem, Path(plain).suffix
    stem = _UNFIT.sub(" ", stem).strip(" .-")[:_NAME_CHARACTERS].strip(" .-")
    suffix = re.sub(r"[^.\w]", "", suffix)[:12]
    return f"{' '.join(stem.split()) or 'article'}{suffix.lower()}"


def take_files(paths: Sequence[Path], settings: Settings) -> list[Path]:
    """Move files in; where they are now. The same bytes under the same name are the same file.

    Raises:
        UploadError: too many, too large, or of a kind that is not read; nothing is taken then.
    """
    if len(paths) > FILES:
        raise UploadError(f"{len(paths)} files at once are too many; {FILES} is the most.", "Add them in parts.")
    for path in paths:
        if path.suffix.lower() not in READERS:
            raise UploadError(f"{path.name} is of a kind that is not read.", f"These are: {', '.join(kinds())}.")
        if path.stat().st_size > FILE_BYTES:
            raise UploadError(
                f"{path.name} is larger than {FILE_BYTES // 1_000_000} MB.", "Split it, or index it from the terminal."
            )
    place = folder(settings)
    place.mkdir(parents=True, exist_ok=True)
    return [_settled(place, safe_name(path.name), path) for path in paths]


def take_text(text: str, settings: Settings, *, title: str, outlet: str, published: str) -> Path:
    """Write a text that was pasted; the file, with what was said about it.

    Raises:
        UploadError: there is no text, it is too long, or the day is none.
    """
    if not text.strip():
        raise UploadError("There is no text.", "Paste the article's text.")
    if len(text) > TEXT_CHARACTERS:
        raise UploadError(
            f"The text has {len(text):,} characters; {TEXT_CHARACTERS:,} is the most.",
            "Save it as a file and add that.",
        )
    if published:
        try:
            date.fromisoformat(published)
        except ValueError as error:
            raise UploadError("That is no day.", "Write it like 2021-10-18.") from error
    said = {"title": title.strip()[:300], "text": text, "outlet": outlet.strip()[:100], "date": published}
    place = folder(settings)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=place, prefix=".", suffix=".partial", delete=False) as file:
        json.dump({key: value for key, value in said.items() if value}, file, ensure_ascii=True)
    first = title.strip() or " ".join(text.split()[:8])
    return _settled(place, safe_name(f"{first.replace('/', ' ').replace('.', ' ')}.jsonl"), Path(file.name))


def discard(paths: Sequence[Path], settings: Settings) -> None:
    """Delete files that were taken in and turned out to hold nothing."""
    place = folder(settings)
    for path in paths:
        if path.parent == place:
            path.unlink(missing_ok=True)


def _settled(place: Path, name: str, path: Path) -> Path:
    """The file moved into the folder under that name, or the next free one."""
    stem, suffix = Path(name).stem, Path(name).suffix
    number = 1
    while True:
        target = place / (name if number == 1 else f"{stem} {number}{suffix}")
        if target.exists() and _same(path, target):
            path.unlink()
            return target
        if not target.exists():
            shutil.move(path, target)
            return target
        number += 1


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
