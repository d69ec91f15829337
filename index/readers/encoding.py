"""Bytes → text: which encoding they are in, and whether they are text at all."""

from __future__ import annotations

import re

from index.errors import BinaryFile
from index.language import detect

_MAGIC = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"GGUF": "a language model",
    b"SQLite format 3": "a database",
}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Code pages before UTF-8: of scripts other than Latin, and of Latin ones by language where it is not cp1252.
_ENCODINGS = [
    "cp1251",
    "cp1253",
    "cp1255",
    "cp1256",
    "koi8_r",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
    "cp874",
]
_EASTERN = {
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "sr"), "cp1250"),
    **dict.fromkeys(("az", "tr"), "cp1254"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
}
MARKS = tuple(mark for mark, _ in _MARKS)
"""Byte order marks."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")


def decode(content: bytes) -> str:
    """The text in some bytes: UTF-8, a Unicode encoding with a byte order mark (left out), or the likeliest other.

    Raises:
        BinaryFile: They are something else than text.
    """
    refuse_known(content)
    encoding = encoding_of(content)
    if b"\x00" in content and not encoding.startswith(("utf-16", "utf-32")):
        raise _binary()
    return checked(content.decode(encoding, "replace").removeprefix("\ufeff"))


def checked(text: str) -> str:
    """The text, unless one character in fifty or more is none that text is made of; then BinaryFile is raised."""
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if strange * 50 > len(text) and strange > 1:
        raise _binary()
    return text


def refuse_known(content: bytes) -> None:
    """Raise BinaryFile for what begins like a file of a kind that is no text."""
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise BinaryFile(f"this is {kind}, not text", "Give it its own suffix, or save its text as UTF-8.")


def encoding_of(content: bytes) -> str:
    """The name of the likeliest encoding of some bytes; UTF-8 wherever they can be that."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8" if _is_damaged_utf8(content) else _guess(content)
    return "utf-8"


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 that was cut within a character, or has two whole characters for each broken one.

    Bytes of another encoding are hardly ever characters of UTF-8: a capital with an accent would have to stand before a
    sign such as » each time.
    """
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(not character.isascii() for character in text) - broken
    return broken * 2 <= whole or text.find("\ufffd") == len(text) - 1


def _guess(content: bytes) -> str:
    """The encoding of bytes that are no UTF-8: by language if most letters are ASCII, else by charset-normalizer.

    Left to itself the library reads a page of Swedish as Czech or Chinese: too few letters tell them apart.
    """
    western = content.decode("cp1252", "replace")
    letters = [character.isascii() for character in western if character.isalpha()]
    if sum(letters) > 0.7 * len(letters):
        likeliest = _EASTERN.get(detect(western), "cp1252")
        return _central(content) if likeliest == "cp1250" else likeliest
    from charset_normalizer import from_bytes  # most files never need it

    best = from_bytes(content, cp_isolation=_ENCODINGS).best()
    return best.encoding if best else "cp1252"


def _central(content: bytes) -> str:
    """Which of the two encodings of Central Europe makes more letters of some bytes."""
    return max(
        ("cp1250", "iso8859_2"),
        key=lambda encoding: sum(character.isalpha() for character in content.decode(encoding, "replace")),
    )


def _binary() -> BinaryFile:
    """The error for bytes that are no text."""
    return BinaryFile("this is not text", "Leave it out, or save it as text in UTF-8.")
