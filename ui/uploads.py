"""What came in by a door, a file or a text, is kept in the data directory: the library can be built anew from it.

Files lie in ``articles``, from where they are indexed; texts, with what was said about them, in ``articles/texts``. A
name is what its sender says: only letters, digits and a few signs of it are used, and it never leads anywhere but into
the folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from index.errors import PullquoteError
from index.load import READERS
from index.settings import Settings
from index.types import Article

FILES = 100
"""Files that the page sends at once."""
FILE_BYTES = 40_000_000
"""Largest file that the page sends."""
TEXT_CHARACTERS = 500_000
"""Longest text that the page sends."""

_NAME_CHARACTERS = 80
_DIGEST_CHARACTERS = 12
# Bytes up to which a file is looked at for being blank: it must not take the place of one that is not.
_BLANK = 65_536
_UNFIT = re.compile(r"[^\w .,()&+-]+")


class UploadError(PullquoteError):
    """Something that will not be taken in."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was pasted or sent, and what was said about it; what is None is found in the text."""

    text: str
    id: str | None = None
    title: str | None = None
    language: str | None = None
    published: date | None = None
    outlet: str | None = None
    url: str | None = None

    @classmethod
    def of(cls, article: Article) -> Self:
        """The text that an article was made of."""
        source = article.source
        return cls(
            article.text, article.id, article.title, article.language, article.published, source.outlet, source.url
        )

    @property
    def name(self) -> str:
        """Its id: as given, else its URL, else one made of the text."""
        digest = hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:_DIGEST_CHARACTERS]
        return self.id or self.url or f"text-{digest}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept now.

    Attributes:
        path: Where.
        is_new: Whether it was not before, with these bytes.
        before: Where the file of the same name is that it replaced, until it is settled.
    """

    path: Path
    is_new: bool = True
    before: Path | None = None

    def settle(self, *, good: bool) -> None:
        """Forget what it replaced; or, if it is not ``good``, put that back, or delete what is new."""
        if good or not self.is_new:
            if self.before is not None:
                self.before.unlink(missing_ok=True)
        elif self.before is not None:
            self.before.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)


def folder(settings: Settings) -> Path:
    """Where files that came in are kept."""
    return settings.home / "articles"


def held(settings: Settings) -> list[Path]:
    """The folder of files that came in, if there are any, for a library that is built anew."""
    place = folder(settings)
    found = place.is_dir() and any(file.suffix.lower() in READERS for file in place.iterdir() if file.is_file())
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


def keep_file(path: Path, name: str, settings: Settings, *, replace: bool = False) -> Kept:
    """Move a file in. The same bytes under the same name are the same file.

    Args:
        path: Where it is; afterwards it is not there any more.
        name: What its sender calls it.
        settings: Which folder.
        replace: Whether it takes the place of another file of that name; otherwise it gets a number.

    Raises:
        UploadError: it is of a kind that is not read, or there is nothing in it.
    """
    safe = Path(safe_name(name))
    if path.stat().st_size <= _BLANK and not path.read_bytes().strip():
        raise UploadError("it is empty", "Put text into it.")
    if safe.suffix not in READERS:
        raise UploadError(f"{safe} is of a kind that is not read.", f"These are: {', '.join(kinds())}.")
    place = folder(settings)
    place.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        target = place / (safe if number == 1 else f"{safe.stem} {number}{safe.suffix}")
        if target.exists() and _same(path, target):
            path.unlink()
            return Kept(target, is_new=False)
        if not target.exists():
            shutil.move(path, target)
            return Kept(target)
        if replace:
            before = _beside(target)
            target.replace(before)
            shutil.move(path, target)
            return Kept(target, before=before)
        number += 1


def keep_text(text: Text, settings: Settings) -> None:
    """Keep a text under its id, instead of what was kept under it before."""
    target = _text_file(text.name, settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    facts = {**asdict(text), "id": text.name}
    said = {key: str(value) for key, value in facts.items() if value is not None}
    partial = _beside(target)
    partial.write_text(json.dumps(said), encoding="utf-8")
    partial.replace(target)


def forget_text(article_id: str, settings: Settings) -> bool:
    """Delete the text of that id, if one is kept; whether one was."""
    target = _text_file(article_id, settings)
    known = target.exists()
    target.unlink(missing_ok=True)
    return known


def texts(settings: Settings) -> Iterator[Text]:
    """The texts that are kept; what somebody has damaged is passed over."""
    for file in sorted((folder(settings) / "texts").glob("*.json")):
        try:
            said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            day = said.pop("published", None)
            yield Text(**said, published=date.fromisoformat(day) if day else None)
        except (OSError, ValueError, TypeError, AttributeError):
            continue


def _text_file(article_id: str, settings: Settings) -> Path:
    digest = hashlib.sha256(article_id.encode("utf-8", "replace")).hexdigest()
    return folder(settings) / "texts" / f"{digest[:32]}.json"


def _beside(target: Path) -> Path:
    """A hidden name of nobody else's in the same folder."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".partial")
    os.close(handle)
    return Path(name)


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
