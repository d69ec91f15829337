"""What the front ends open: the chatbot, the library, the models, the browser page; and how, behind one frozen value.

Commands are given their :class:`Doors`, so tests give them doubles. The real ones import what they open when they open
it: ``pullquote --help`` loads no model library.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Unpack, runtime_checkable

from index.types import Article, Health, Hit, IngestReport, LibraryStats, Listed, Progress
from rag.types import Event, Turn, Wishes
from ui.settings import Settings

if TYPE_CHECKING:  # --help needs no reader of files
    from index.facets import Filter
    from index.load import Columns

OnProgress = Callable[[Progress], None]
# Names of this machine that only this machine can use.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ModelState = Literal["present", "partial", "missing"]


class ReadingRoom(Protocol):
    """What those who only read use of a library, be it in this process or in another."""

    @property
    def is_sample(self) -> bool:
        """Whether these are the sample articles and not the user's own."""

    def search(
        self, question: str, limit: int = 10, *, within: Collection[str] | None = None, only: Filter | None = None
    ) -> list[Hit]:
        """The passages that fit a question best, best first; of the articles named by id, and of those that fit."""

    def article(self, article_id: str) -> Article:
        """The article of that id; raises ``ArticleNotFound``."""


class Shelf(ReadingRoom, Protocol):
    """What the front ends use of :class:`index.library.Library`."""

    def ingest(
        self, paths: Sequence[Path], progress: OnProgress | None = None, *, columns: Columns | None = None
    ) -> IngestReport:
        """Bring the library in step with files and folders; ``columns`` names those of tables."""

    def ingest_articles(
        self,
        articles: Iterable[Article],
        progress: OnProgress | None = None,
        *,
        corpus: str = "memory",
        prune: bool = False,
    ) -> IngestReport:
        """Bring the library in step with articles from memory."""

    def articles(self, only: Filter | None = None) -> list[Article]:
        """Every article, or those that fit the filter."""

    def listing(self) -> list[Listed]:
        """Every article, newest first, without its text."""

    def restore(self, articles: Sequence[Article]) -> None:
        """Put articles back that ``remove`` took out."""

    def remove(self, which: str | Path) -> tuple[str, ...]:
        """Take out the article of that id, or those in the file of that path; their ids."""

    def repair(self) -> Health:
        """Make again what is derived from the catalog, where it is not in step."""

    def stats(self) -> LibraryStats:
        """Size and content."""

    def close(self) -> None:
        """Let go of the files."""


class Respondent(Protocol):
    """What can be asked: a chatbot in this process, or one in another."""

    @property
    def library(self) -> ReadingRoom:
        """What it answers from."""

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        cancel: threading.Event | None = None,
        **wishes: Unpack[Wishes],
    ) -> Iterator[Event]:
        """The events of :meth:`rag.Chatbot.stream`; cancelled by the event or by closing the iterator."""

    def close(self) -> None:
        """Let go of the model and the library."""


class Answerer(Respondent, Protocol):
    """What the front ends use of :class:`rag.chatbot.Chatbot`."""

    @property
    def library(self) -> Shelf:
        """What it answers from."""


@runtime_checkable
class Watched(Protocol):
    """What a server asks of a chatbot that has more to tell than answers; not every one has."""

    def figures(self) -> dict[str, float]:
        """What is going on, by name."""
        ...

    def changed(self) -> None:
        """Take note that articles came or went."""
        ...


@runtime_checkable
class Switchable(Protocol):
    """A chatbot whose language model can be another one; not every one's can."""

    def use_model(self, name: str) -> None:
        """Answer with the model of that name from the next question on."""
        ...

    def warm(self) -> object:
        """Load the model and compute passages while nobody asks, unless that has begun."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """A registered model, as people see it: name, what it does, bytes to fetch, licence, what is on disk, a remark."""

    name: str
    kind: str
    size: int
    licence: str
    state: ModelState
    about: str = ""


def open_chatbot(settings: Settings, progress: OnProgress | None) -> Answerer:
    """The real chatbot; its language model is loaded in the background, if it is on this machine."""
    import rag

    return rag.open(settings=settings, progress=progress, eager=_is_fetched(settings))


def open_library(settings: Settings, progress: OnProgress | None, writable: bool) -> Shelf:
    """The real library: the user's, or the sample articles while there is none."""
    from index import library

    return library.open_library(settings, progress, writable=writable)


def rebuilding(settings: Settings) -> AbstractContextManager[Callable[[], None]]:
    """Have the user's library set aside while a new one is built; see :func:`index.rebuild.rebuilding`."""
    from index import rebuild

    return rebuild.rebuilding(settings)


def list_models(settings: Settings) -> list[Weights]:
    """Every registered model and its state below the settings' models folder."""
    from index import weights

    place = settings.models_dir
    return [
        Weights(model.name, model.kind, model.size, model.licence, weights.state(model, place), model.about)
        for model in weights.MODELS.values()
    ]


def fetch_model(name: str, settings: Settings, progress: OnProgress | None) -> Path:
    """Fetch the weights of that name, or verify them if they are there; where they lie."""
    from index import weights

    if name.startswith(weights.HUB_PREFIX):
        return weights.language_model(name, settings.models_dir, progress)
    model = weights.lookup(name)
    if weights.state(model, settings.models_dir) == "present":
        weights.verify(model, settings.models_dir)
    return weights.fetch(model, settings.models_dir, progress)


@dataclass(frozen=True, slots=True)
class Serving:
    """How a chatbot is served.

    Attributes:
        settings: Token, limits and log.
        host, port: Where to listen; port 0 takes a free one.
        own: Opens the user's own library in place of what was answered from.
        chosen: Told the name of the language model when a reader has chosen another one.
        mount: Puts the page into the app, given that and what answers; None serves the API alone.
        ready: Told the address when it listens.
        instance: What tells this start from all others.
    """

    settings: Settings
    host: str = "127.0.0.1"
    port: int = 7860
    own: Callable[[], Shelf] | None = None
    chosen: Callable[[str], None] | None = None
    mount: Callable[[Any, Any], object] | None = None
    ready: Callable[[str], None] | None = None
    instance: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def token(self) -> str:
        """What has to be shown; empty for nothing."""
        return self.settings.token.get_secret_value()


def serve_all(chatbot: Answerer, serving: Serving) -> None:
    """Serve the page and the HTTP API until the process is told to stop."""
    from rag.chatbot import Chatbot
    from ui import server, web

    if isinstance(chatbot, Chatbot) and _is_fetched(serving.settings):
        chatbot.warm()  # loads the model before the first question, and computes passages where they are kept
    server.serve(chatbot, replace(serving, mount=partial(web.mount, settings=serving.settings)))


def _is_fetched(settings: Settings) -> bool:
    """Whether the language model lies on this machine: nothing is fetched that nobody asked for."""
    known = {model.name: model.state for model in list_models(settings)}
    return known.get(settings.llm) == "present" or Path(settings.llm).expanduser().is_file()


def own_library(chatbot: Answerer, settings: Settings) -> Shelf:
    """The user's own library, made if need be, in place of what the chatbot answered from."""
    from index import library
    from rag.chatbot import Chatbot

    if not isinstance(chatbot, Chatbot):
        raise TypeError(f"only a Chatbot can change its library, not {type(chatbot).__name__}")
    chatbot.library = library.open_library(settings, writable=True, embedder=chatbot.embedder)
    return chatbot.library


def find_server(settings: Settings) -> Respondent | None:
    """A running ``pullquote serve`` that would answer as this process would; None if there is none."""
    from ui import beacon

    found = beacon.find(settings)
    if found is None:
        return None
    from ui.remote import RemoteChatbot

    return RemoteChatbot(found, Wishes(strict=settings.strict, sources=settings.sources))


def serve_agent(chatbot: Respondent) -> None:
    """Offer the tools for agents on stdin and stdout until the other side hangs up."""
    from ui import agent

    agent.serve(chatbot)


@dataclass(frozen=True, slots=True)
class Doors:
    """The functions that the commands open things with; by default the real ones.

    ``asker`` opens what ``pullquote eval`` asks about a set, in place of a library and the model: a function like
    :class:`evals.pipeline.Pipeline`.
    """

    chatbot: Callable[[Settings, OnProgress | None], Answerer] = open_chatbot
    library: Callable[[Settings, OnProgress | None, bool], Shelf] = open_library
    rebuilding: Callable[[Settings], AbstractContextManager[Callable[[], None]]] = rebuilding
    models: Callable[[Settings], list[Weights]] = list_models
    fetch: Callable[[str, Settings, OnProgress | None], Path] = fetch_model
    serve: Callable[[Answerer, Serving], None] = serve_all
    own: Callable[[Answerer, Settings], Shelf] = own_library
    server: Callable[[Settings], Respondent | None] = find_server
    agent: Callable[[Respondent], None] = serve_agent
    asker: Callable[[Any], AbstractContextManager[Any]] | None = None
