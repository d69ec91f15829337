"""Which settings hold, and which of the four places each comes from."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection

from ui.settings import Settings

Row = tuple[str, str, str]


def rows(settings: Settings, arguments: Collection[str] = ()) -> list[Row]:
    """Each setting's name, value and origin: ``argument``, ``environment``, ``config.toml`` or ``default``.

    Args:
        settings: As :meth:`Settings.load` built it.
        arguments: Names of those that were given on the command line.
    """
    written = _written(settings)
    return [
        (name, str(getattr(settings, name)), _origin(name, arguments, written))
        for name in sorted(type(settings).model_fields)
    ]


def _origin(name: str, arguments: Collection[str], written: Collection[str]) -> str:
    if name in arguments:
        return "argument"
    if os.environ.get(f"PULLQUOTE_{name.upper()}"):
        return "environment"
    return "config.toml" if name in written else "default"


def _written(settings: Settings) -> set[str]:
    """The names in the config file, which was readable a moment ago."""
    if not settings.config_file.is_file():
        return set()
    return set(tomllib.loads(settings.config_file.read_text(encoding="utf-8")))
