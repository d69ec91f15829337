"""The reference of the settings, as Markdown, from their docstrings, defaults and bounds.

``python -m ui.settings_reference > docs/settings.md`` writes it. A test compares the committed page with this one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from index.settings import CONFIG_NAME
from index.settings import Settings as IndexSettings
from rag.settings import Settings as RagSettings
from ui.api_reference import markdown
from ui.settings import Settings

PARTS = (
    ("Reading and searching articles", IndexSettings),
    ("Answering", RagSettings),
    ("Serving", Settings),
)
_HEAD = f"""# The settings

Each is a key of `{CONFIG_NAME}` in the data directory, and a variable of the environment: `min_confidence` is
`PULLQUOTE_MIN_CONFIDENCE`. An option of a command outweighs the environment, and that the file. `pullquote config`
prints what holds now, where each value comes from, and the path of the file. For example, to be told more often that
the articles don't say, and to see every sentence, those without a quote marked:

```toml
min_confidence = 0.5
strict = false
```

This page is made from the docstrings: `python -m ui.settings_reference > docs/settings.md`.
"""
_ENTRY = re.compile(r"^- `(\w+)`: ", re.MULTILINE)
_BOUNDS = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "below {}"}


def reference() -> str:
    """The page: every setting with what it does, its default and what it may be."""
    return "\n".join([_HEAD, *(_part(title, kind) for title, kind in PARTS)])


def _part(title: str, kind: type[IndexSettings]) -> str:
    _, entries = markdown(kind.__doc__ or "").split("Attributes:\n\n")
    return f"## {title}\n\n" + _ENTRY.sub(lambda entry: _named(entry[1], kind.model_fields[entry[1]]), entries) + "\n"


def _named(name: str, field: FieldInfo) -> str:
    return f"- `{name}` ({', '.join(_facts(field))}): "


def _facts(field: FieldInfo) -> Iterator[str]:
    """A field's default, then its bounds or choices."""
    if field.default is PydanticUndefined:
        yield "by default `~/.local/share/pullquote`, on Linux"
    else:
        yield f"`{_written(field.default)}`"
    if get_origin(field.annotation) is Literal:
        yield "one of " + ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    bounds = [
        words.format(limit)
        for constraint in field.metadata
        for key, words in _BOUNDS.items()
        if (limit := getattr(constraint, key, None)) is not None
    ]
    if bounds:
        yield " ".join(bounds)


def _written(default: Any) -> str:
    """A default as it is written in the file."""
    if isinstance(default, bool):
        return str(default).lower()
    return str(default) if isinstance(default, int | float) else f'"{default}"'


if __name__ == "__main__":
    sys.stdout.write(reference())
