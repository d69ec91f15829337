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
    "iso8859_5",
    "iso8859_6",
    "cp866",
]
# Those of two bytes a character, a pair of which may also be one of UTF-8.
_DOUBLE = {"shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"}
_FEW = 10  # letters beyond ASCII that may stand together in names: "Þór"
_BY_CHANCE = 3  # characters beyond ASCII; a line of fewer may be UTF-8 by chance where characters have two bytes
_EASTERN = {
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "sr"), "cp1250"),
    **dict.fromkeys(("az", "tr"), "cp1254"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
}
MARKS = tuple(mark for mark, _ in _MARKS)
"""Byte order marks."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_RUN = re.compile(rb"[^<>\r\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")


def decode(content: bytes) -> str:
    """The text in some bytes: UTF-8, a Unicode encoding with a byte order mark (left out), or the likeliest other.

    In a text of two encodings, which was put together from others, the lines that are UTF-8 are read as that.

    Raises:
        BinaryFile: They are something else than text.
    """
    refuse_known(content)
    encoding = _marked(content) or "utf-8"
    is_wide = encoding.startswith(("utf-16", "utf-32"))
    if b"\x00" in content and not is_wide:
        raise _binary()
    try:
        text = content.decode(encoding, "replace" if is_wide or _is_cut(content) else "strict")
    except UnicodeDecodeError:
        text = _by_line(content)
    return checked(text.removeprefix("\ufeff"))


def _by_line(content: bytes) -> str:
    """The text in bytes that are not UTF-8 as a whole: line by line, all lines that are not UTF-8 in one encoding."""
    lines = content.splitlines(keepends=True)
    texts = [_as_utf8(line) for line in lines]
    encoding = _guess(b"".join(line for line, text in zip(lines, texts, strict=True) if text is None or line.isascii()))
    least = _BY_CHANCE if encoding in _DOUBLE else 0
    return "".join(
        text if text is not None and _beyond_ascii(text) >= least else line.decode(encoding, "replace")
        for line, text in zip(lines, texts, strict=True)
    )


def _as_utf8(line: bytes) -> str | None:
    """A line that is UTF-8, or was; None for one in another encoding."""
    text = line.decode("utf-8", "replace")
    return text if "\ufffd" not in text or _is_damaged_utf8(line) else None


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
    marked = _marked(content)
    if marked:
        return marked
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8" if _is_cut(content) or _is_damaged_utf8(content) else _guess(content)
    return "utf-8"


def _marked(content: bytes) -> str | None:
    """The encoding whose byte order mark comes first."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)


def _is_cut(content: bytes) -> bool:
    """Whether bytes are UTF-8 up to their end, which is within a character."""
    text = content.decode("utf-8", "replace")
    return text.find("\ufffd") == len(text) - 1 and not content.endswith("\ufffd".encode())


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 that has two whole characters for each broken one.

    Bytes of another encoding are hardly ever characters of UTF-8: a capital with an accent would have to stand before a
    sign such as » each time.
    """
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 2 <= _beyond_ascii(text) - broken


def _beyond_ascii(text: str) -> int:
    return sum(not character.isascii() for character in text)


def _guess(content: bytes) -> str:
    """The encoding of bytes that are no UTF-8: of Latin scripts by language, of others by charset-normalizer.

    Left to itself the library reads a page of Swedish as Czech or Chinese: too few letters tell them apart. Scripts and
    addresses, which are ASCII, tell nothing and would drown what does.
    """
    telling = b" ".join(run for run in _RUN.findall(content) if not run.isascii())
    western = telling.decode("cp1252", "replace")
    if _is_latin(western):
        likeliest = _EASTERN.get(detect(western), "cp1252")
        return _central(content) if likeliest == "cp1250" else likeliest
    from charset_normalizer import from_bytes  # most files never need it

    best = from_bytes(telling, cp_isolation=_ENCODINGS).best()
    return best.encoding if best else "cp1252"


def _is_latin(western: str) -> bool:
    """Whether a text that was read as cp1252 is in a Latin script: words with other letters have more ASCII ones."""
    letters = [character.isascii() for character in western if character.isalpha()]
    words = [word for word in _WORD.findall(western) if not word.isascii()]
    beyond = sum(map(_beyond_ascii, words))
    return beyond * 2 <= sum(map(len, words)) or (beyond <= _FEW and sum(letters) > 0.7 * len(letters))


def _central(content: bytes) -> str:
    """Which of the two encodings of Central Europe makes more letters of some bytes."""
    return max(
        ("cp1250", "iso8859_2"),
        key=lambda encoding: sum(character.isalpha() for character in content.decode(encoding, "replace")),
    )


def _binary() -> BinaryFile:
    """The error for bytes that are no text."""
    return BinaryFile("this is not text", "Leave it out, or save it as text in UTF-8.")
