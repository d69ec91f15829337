"""Options that several commands share, and what their words amount to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.types import Wishes
from ui.wishes import between

if TYPE_CHECKING:  # --help needs no reader of files
    from index.facets import Filter
    from index.load import Columns

_DAY = ["%Y-%m-%d"]


def _models(kind: str, beginning: str) -> list[str]:
    from index import weights

    return [name for name, model in weights.MODELS.items() if model.kind == kind and name.startswith(beginning)]


def _language_models(incomplete: str) -> list[str]:
    """For the shell, when somebody presses the tabulator."""
    return _models("language model", incomplete)


def _embedders(incomplete: str) -> list[str]:
    return _models("embedder", incomplete)


def every_model(incomplete: str) -> list[str]:
    """Names of registered models that begin like this, for the shell."""
    return _language_models(incomplete) + _embedders(incomplete)


Llm = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Language model: a name, a path to a GGUF file, hub:OWNER/REPOSITORY/FILE.gguf, or "
        "openai:http://HOST:PORT/v1#MODEL, a server that is then sent questions and passages.",
        autocompletion=_language_models,
    ),
]
Embedder = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Embedder: a name, a folder, or a sentence-transformers model.",
        autocompletion=_embedders,
    ),
]
Sources = Annotated[
    int | None,
    typer.Option(min=1, max=20, metavar="N", help="How many passages are found, 1 to 20; the model reads up to three."),
]
Outlet = Annotated[str | None, typer.Option(metavar="NAME", help="Only of outlets whose name holds this.")]
Address = Annotated[str | None, typer.Option(metavar="URL", help="Only of addresses that hold this.")]
Language = Annotated[str | None, typer.Option(metavar="LANGUAGE", help="Only in this language: sv, or Swedish.")]
Since = Annotated[
    datetime | None, typer.Option(metavar="YYYY-MM-DD", formats=_DAY, help="Only published on this day or later.")
]
Until = Annotated[
    datetime | None, typer.Option(metavar="YYYY-MM-DD", formats=_DAY, help="Only published until this day.")
]
LikedSince = Annotated[
    datetime | None,
    typer.Option(
        "--since", metavar="YYYY-MM-DD", formats=_DAY, help="Articles from this day on are preferred to others."
    ),
]
LikedUntil = Annotated[
    datetime | None,
    typer.Option(
        "--until", metavar="YYYY-MM-DD", formats=_DAY, help="Articles up to this day are preferred to others."
    ),
]
ColumnNames = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="FIELD=NAME",
        help="What a column of .jsonl, .csv and .tsv is called, where it is not guessed rightly: text=body. "
        "The fields: title, text, published, url, id, language, outlet. May be given several times.",
    ),
]
Plain = Annotated[bool, typer.Option("--plain", help="No colours, no streaming, no progress bars.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="The answer's text only; nothing on stderr but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on stdout.")]


def only_those(
    outlet: str | None, url: str | None, language: str | None, since: datetime | None, until: datetime | None
) -> Filter | None:
    """The filter that some options amount to; None where there are none."""
    from index.facets import Filter, known_language

    return (
        Filter(
            outlet,
            url,
            known_language(language) if language else None,
            since.date() if since else None,
            until.date() if until else None,
        )
        or None
    )


def preferring(since: datetime | None, until: datetime | None) -> Wishes:
    """What some options wish of every answer."""
    return Wishes(between=between(since and since.date(), until and until.date()))


def named_columns(given: Sequence[str]) -> Columns | None:
    """Names of columns, written as FIELD=NAME; None where none are given.

    Raises:
        typer.BadParameter: a field that tables do not have, or no name.
    """
    from index.load import Columns

    names = dict(pair.partition("=")[::2] for pair in given)
    known = [field.name for field in fields(Columns)]
    wrong = [field for field, name in names.items() if field not in known or not name]
    if wrong:
        raise typer.BadParameter(f"'--column {wrong[0]}': write FIELD=NAME, where FIELD is one of {', '.join(known)}.")
    return Columns(**names) if names else None


@contextlib.contextmanager
def writable(out: Path) -> Iterator[None]:
    """What goes wrong with a file that somebody named for results is wrong usage.

    Raises:
        typer.BadParameter: it cannot be written, or holds something else than text.
    """
    try:
        yield
    except OSError as error:
        raise typer.BadParameter(f"{out} cannot be written: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{out} holds no text; name another file.") from error
