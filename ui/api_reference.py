"""The reference of the Python API, as Markdown, from the docstrings and the examples.

``python -m ui.api_reference > docs/api.md`` writes it. A test compares the committed page with this one.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rag
from index import types
from index.library import Library
from rag.asynchronous import AsyncChatbot
from rag.chatbot import Chatbot
from rag.engine import port

EXAMPLES = ("quickstart", "memory", "streaming", "search", "models", "asynchronous")
CLASSES: tuple[type, ...] = (
    Chatbot,
    AsyncChatbot,
    Library,
    rag.Answer,
    rag.Citation,
    rag.Quote,
    rag.Source,
    rag.Turn,
    rag.Wishes,
    rag.Found,
    rag.Loading,
    rag.Queued,
    rag.Token,
    rag.Checked,
    rag.Done,
    rag.Hit,
    rag.Passage,
    rag.Article,
    rag.Origin,
    types.IngestReport,
    rag.Progress,
    rag.PullquoteError,
    port.LanguageModel,
    port.Prompt,
    port.Sampling,
    port.Piece,
)
FUNCTIONS = (rag.open, rag.open_async, rag.open_library, rag.make_article)
_FOLDER = Path(__file__).parents[1] / "docs" / "examples"
_HEAD = """# The Python API

`import rag` is light; what is heavy is loaded by what needs it. Every error is a `rag.PullquoteError`, which says what
happened and in `hint` what to do. This page is made from the docstrings: `python -m ui.api_reference > docs/api.md`.
The examples are the files of `docs/examples`, and run in the tests.

In a notebook, an answer as the last line of a cell shows itself with its quotes.
"""
_SECTION = re.compile(r"(Args|Attributes|Returns|Raises|Yields):")
_ENTRY = re.compile(r"([\w, .*]+): (.*)")


def reference(examples: Path = _FOLDER) -> str:
    """The page: examples, functions, classes with their public methods."""
    parts = [_HEAD, "## Examples\n", *(_example(examples / f"{name}.py") for name in EXAMPLES)]
    parts += ["## Functions\n", *(_callable(f"rag.{function.__name__}", function, 3) for function in FUNCTIONS)]
    parts += ["## Classes\n", *(_class(kind) for kind in CLASSES)]
    return "\n".join(parts).rstrip() + "\n"


def _example(file: Path) -> str:
    _, about, code = file.read_text(encoding="utf-8").split('"""', 2)
    return f"{about}\n\n```python\n{code.strip()}\n```\n"


def _class(kind: type) -> str:
    title = f"rag.{kind.__name__}" if kind.__name__ in rag.__all__ else f"{kind.__module__}.{kind.__name__}"
    parts = [f"### `{title}`\n\n{markdown(kind.__doc__ or '')}\n"]
    if dataclasses.is_dataclass(kind):
        fields = ", ".join(f"`{field.name}: {field.type}`" for field in dataclasses.fields(kind))
        parts.append(f"Fields: {fields}\n")
    parts += [_callable(name, member, 4) for name, member in _members(kind)]
    return "\n".join(parts)


def _members(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that the class itself defines, in order."""
    for name, member in vars(kind).items():
        if not name.startswith("_") and (callable(member) or isinstance(member, classmethod | property)):
            yield name, member


def _callable(name: str, member: Any, level: int) -> str:
    function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
    if isinstance(member, property):
        head = f"{name}: {function.__annotations__['return']}"
    else:
        head = f"{'async ' if inspect.iscoroutinefunction(function) else ''}{name}{signature(function)}"
    return f"{'#' * level} `{head}`\n\n{markdown(function.__doc__ or '')}\n"


def signature(function: Any) -> str:
    """A function's parameters and result as they are written, without ``self``."""
    words, starred = [], False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in {"self", "cls"}:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            words.append("*")
            starred = True
        prefix = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        words.append(f"{prefix}{parameter.name}: {parameter.annotation}{default}")
    return f"({', '.join(words)}) -> {function.__annotations__.get('return', 'None')}"


def markdown(docstring: str) -> str:
    """A docstring as Markdown: sections as lists, names of code as code."""
    lines: list[str] = []
    inside = False
    for line in inspect.cleandoc(docstring).splitlines():
        if section := _SECTION.fullmatch(line):
            lines += [f"{section[1]}:", ""]
            inside = True
        elif inside and line.startswith("    ") and not line.startswith("     "):
            entry = _ENTRY.fullmatch(line.strip())
            lines.append(f"- `{entry[1]}`: {entry[2]}" if entry else line.strip())
        else:
            inside = inside and (not line.strip() or line.startswith(" "))
            lines.append(line.strip() if not line.startswith("     ") else f"  {line.strip()}")
    text = re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", "\n".join(lines))
    return text.replace("``", "`")


if __name__ == "__main__":
    sys.stdout.write(reference())
