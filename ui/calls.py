"""What the page asks of the server beside answers, as plain functions: JSON values in, JSON values out.

Each public method takes one mapping, as a browser sent it, and returns a mapping; an error of ours comes back as
``error``, a sentence with its hint. No conversation is kept here: what a browser keeps, it sends along.
"""

from __future__ import annotations

import functools
import itertools
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from index.errors import ArticleNotFound, PullquoteError
from index.types import Article, IngestReport, Span
from rag.markdown import escape
from rag.warm import Warmer
from ui import feedback, frame, intake, kept, page, reading, shelves, uploads
from ui.asking import example_questions
from ui.doors import Answerer, Doors, OnProgress, Shelf, Weights
from ui.intake import Upload
from ui.jobs import Jobs
from ui.markup import inert
from ui.settings import Settings
from ui.uploads import Text, UploadError

Sent = Mapping[str, Any]
# Articles that were removed and can be put back, and places marked in one article.
_UNDOABLE, _MARKED = 100, 50
_NOTHING = IngestReport()


def _told(function: Callable[[Calls, Sent], dict[str, Any]]) -> Callable[[Calls, Any], dict[str, Any]]:
    """Errors of ours, and input that is none, as ``error``."""

    @functools.wraps(function)
    def wrapped(self: Calls, sent: Any) -> dict[str, Any]:
        try:
            return function(self, sent if isinstance(sent, Mapping) else {})
        except PullquoteError as error:
            return {"error": f"{error.message} {error.hint}".strip()}
        except OSError as error:  # such as a disk without room
            return {"error": f"That could not be done: {error.strerror or error}. What is wrong: pullquote doctor"}
        except (TypeError, ValueError, KeyError):
            return {"error": "This page and the server do not understand each other. Reload the page."}

    return wrapped


@dataclass(frozen=True, slots=True)
class _Removed:
    """An article that was taken out, and whether its text was kept beside the library."""

    article: Article
    kept_text: bool


class Served(Answerer, Protocol):
    """A chatbot whose library and language model can be others; :class:`ui.desk.Desk` is one."""

    @property
    def jobs(self) -> Jobs:
        """What takes longer than a page waits."""

    def own_library(self) -> Shelf:
        """The library that articles can be added to, made if need be; it is answered from, from now on."""

    def use_model(self, name: str) -> None:
        """Answer with another language model from the next question on."""

    def changed(self) -> None:
        """Articles came or went."""

    def warm(self) -> None:
        """The language model is on this machine now: it may be loaded before it is needed."""


class Calls:
    """The server's side of the page.

    Args:
        chatbot: Whose library it is.
        settings: Where uploads and opinions are kept, and which model is used.
        doors: How models are listed and fetched.
        uploaded: Whether a path is that of a file which has just been uploaded.
    """

    def __init__(
        self, chatbot: Served, settings: Settings, doors: Doors, uploaded: Callable[[str], bool] = lambda _: False
    ) -> None:
        self.jobs = chatbot.jobs
        self._chatbot = chatbot
        self._settings = settings
        self._first = settings.llm
        self._doors = doors
        self._uploaded = uploaded
        self._removed: OrderedDict[int, _Removed] = OrderedDict()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def functions(self) -> list[Callable[[Any], dict[str, Any]]]:
        """What a page may call, each by its own name."""
        return [
            self.welcome, self.wishes, self.conversation, self.export, self.rate, self.article, self.articles,
            self.remove, self.undo, self.add, self.paste, self.job, self.models, self.fetch, self.use, self.warmth,
        ]  # fmt: skip

    # --- conversations

    @_told
    def welcome(self, _sent: Sent) -> dict[str, Any]:
        """What an empty conversation says of the library as it is now."""
        return {"html": welcome(self._shelf)}

    @_told
    def wishes(self, _sent: Sent) -> dict[str, Any]:
        """The form of settings that fits the chatbot and the library as it is now."""
        return {"html": wishes_form(self._chatbot, self._settings)}

    @_told
    def conversation(self, sent: Sent) -> dict[str, Any]:
        """The HTML of ``turns``, as this browser kept them."""
        return {"html": page.conversation_html(kept.read(sent.get("turns")))}

    @_told
    def export(self, sent: Sent) -> dict[str, Any]:
        """``turns`` under ``title`` as a file of the ``kind`` markdown or json: its ``name``, ``type`` and ``text``."""
        turns, title = kept.read(sent.get("turns")), str(sent.get("title") or "Conversation")[:200]
        name = uploads.safe_name(f"{title.replace('.', ' ').replace('/', ' ')}.x").removesuffix(".x")
        if sent.get("kind") == "json":
            whole = {"title": title, "answers": [turn.model_dump(exclude={"markdown"}) for turn in turns]}
            text = json.dumps(whole, ensure_ascii=False, indent=2)
            return {"name": f"{name}.json", "type": "application/json", "text": text}
        parts = [f"# {escape(title)}", *(f"## {escape(turn.question)}\n\n{turn.markdown.strip()}" for turn in turns)]
        return {"name": f"{name}.md", "type": "text/markdown", "text": "\n\n".join(parts) + "\n"}

    @_told
    def rate(self, sent: Sent) -> dict[str, Any]:
        """Note whether an ``answer`` was ``good``, and a ``word`` about it."""
        (answer,) = kept.read([sent.get("answer")])
        feedback.rate(self._settings, answer, good=bool(sent.get("good")), word=str(sent.get("word") or ""))
        return {"saved": True}

    # --- articles

    @_told
    def article(self, sent: Sent) -> dict[str, Any]:
        """The HTML of the article of an ``id``, with its ``places`` marked."""
        name = str(sent.get("id"))
        try:
            article = self._shelf.article(name)
        except ArticleNotFound:
            return {"html": reading.missing_html(name)}
        places = [_place(one) for one in list(sent.get("places") or ())[:_MARKED]]
        return {"html": reading.article_html(article, places)}

    @_told
    def articles(self, sent: Sent) -> dict[str, Any]:
        """The library's table as ``search``, ``sort``, ``descending`` and ``page`` want it, and its statistics."""
        listed = self._shelf.listing()
        view = shelves.View(
            str(sent.get("search") or "")[:200],
            str(sent.get("sort") or "published"),
            bool(sent.get("descending", True)),
            int(sent.get("page") or 0),
        )
        statistics = shelves.statistics_html(listed, self._shelf.stats())
        return {"html": shelves.table_html(listed, view, self._ready), "statistics": statistics, "total": len(listed)}

    @_told
    def remove(self, sent: Sent) -> dict[str, Any]:
        """Take the article of an ``id`` out; its ``title``, and a number that :meth:`undo` wants."""
        article = self._shelf.article(str(sent.get("id")))
        self._shelf.remove(article.id)
        kept_text = uploads.forget_text(article.id, self._settings)
        self._chatbot.changed()
        with self._lock:
            number = next(self._numbers)
            self._removed[number] = _Removed(article, kept_text)
            while len(self._removed) > _UNDOABLE:
                self._removed.popitem(last=False)
        return {"undo": number, "title": article.name}

    @_told
    def undo(self, sent: Sent) -> dict[str, Any]:
        """Put back what was removed under that number; if that fails, it can be tried again."""
        number = int(sent.get("undo") or 0)
        with self._lock:
            removed = self._removed.get(number)
        if removed is None:
            raise ArticleNotFound("That cannot be undone any more.", "Add the article again.")
        self._shelf.restore([removed.article])
        if removed.kept_text:
            uploads.keep_text(Text.of(removed.article), self._settings)
        with self._lock:
            self._removed.pop(number, None)
        self._chatbot.changed()
        return {"title": removed.article.name}

    @_told
    def add(self, sent: Sent) -> dict[str, Any]:
        """Take in the files at ``paths``, which were uploaded; ``refused`` says which never came. The job's number."""
        named = dict.fromkeys(str(path) for path in sent.get("paths") or ())  # equal files share a path
        paths = [Path(path) for path in named if self._uploaded(path) and Path(path).is_file()]
        refused = [(str(one.get("name")), str(one.get("reason"))) for one in list(sent.get("refused") or ())[:1000]]
        if len(paths) > uploads.FILES:
            return {"html": page.complaint_html(_too_many(len(paths)))}
        small = [path for path in paths if path.stat().st_size <= uploads.FILE_BYTES]
        refused += [(path.name, "is too large") for path in paths if path not in small]
        if not small:
            return {"html": shelves.report_html(_NOTHING, refused)}
        files = [Upload(path.name, path) for path in small]

        def take(library: Shelf, progress: OnProgress) -> IngestReport:
            return intake.take_files(library, self._settings, files, progress)

        return {"job": self.jobs.start("library", lambda progress: self._take(take, progress, refused))}

    @_told
    def paste(self, sent: Sent) -> dict[str, Any]:
        """Take in a ``text`` with its ``title``, ``outlet`` and day of publication. The job's number."""
        said = {key: str(sent.get(key) or "") for key in ("title", "outlet", "published")}
        try:
            text = intake.pasted(str(sent.get("text") or ""), **said)
        except UploadError as error:
            return {"html": page.complaint_html(error), "refused": True}

        def take(library: Shelf, progress: OnProgress) -> IngestReport:
            return intake.take_texts(library, self._settings, [text], progress)

        return {"job": self.jobs.start("library", lambda progress: self._take(take, progress, ()))}

    @_told
    def job(self, sent: Sent) -> dict[str, Any]:
        """How far the job of that number is."""
        return self.jobs.state(int(sent.get("job") or 0))

    # --- models

    def missing(self) -> str:
        """The offer to fetch the model that answers need, as HTML; empty where it is here."""
        fetching = self.jobs.running("model") is not None
        models = [m for m in self._doors.models(self._settings) if m.name == self._used and m.state != "present"]
        return shelves.missing_html(models, fetching=fetching) if models else ""

    @_told
    def models(self, _sent: Sent) -> dict[str, Any]:
        """The models as HTML, the offer to fetch what is missing, and the number of a fetch that is running."""
        known = self._models()
        fetching = self.jobs.running("model")
        told: dict[str, Any] = {
            "html": shelves.models_html(known, self._used, fetching=fetching is not None),
            "missing": self.missing(),
        }
        return told if fetching is None else {**told, "job": fetching}

    @_told
    def fetch(self, sent: Sent) -> dict[str, Any]:
        """Fetch the registered model of a ``name``. The job's number."""
        model = self._model(str(sent.get("name")))

        def work(progress: OnProgress) -> str:
            self._doors.fetch(model.name, self._settings, progress)
            if model.name == self._used:
                self._chatbot.warm()
            return f'<p role="status">{inert(model.name)} is here.</p>'

        return {"job": self.jobs.start("model", work)}

    @_told
    def use(self, sent: Sent) -> dict[str, Any]:
        """Answer with the registered model of a ``name`` from the next question on."""
        model = self._model(str(sent.get("name")))
        if model.state != "present":
            raise PullquoteError(f"{model.name} is not on this machine yet.", "Fetch it first.")
        self._chatbot.use_model(model.name)
        self._settings = self._settings.model_copy(update={"llm": model.name})
        return {"words": f"{model.name} answers from the next question on."}

    @_told
    def warmth(self, sent: Sent) -> dict[str, Any]:
        """How much of the library is computed already, and how many passages of each of some articles (``ids``).

        ``words`` are empty where nothing is computed beforehand; ``going`` says whether to ask again.
        """
        ready = self._ready
        if ready is None or (warmer := self._warmer) is None:
            return {"words": "", "going": self._warmer is not None}
        ids = [str(one) for one in list(sent.get("ids") or ())[: shelves.PAGE]]
        warmth = warmer.warmth
        return {
            "words": str(warmth),
            "going": warmth.ready < warmth.total,
            "ready": {one: ready.get(one, 0) for one in ids},
        }

    # --- inside

    @property
    def _shelf(self) -> Shelf:
        return self._chatbot.library

    @property
    def _warmer(self) -> Warmer | None:
        """What computes passages beforehand, where the chatbot has been told to."""
        found = getattr(getattr(self._chatbot, "chatbot", self._chatbot), "warmer", None)
        return found if isinstance(found, Warmer) else None

    @property
    def _ready(self) -> Mapping[str, int] | None:
        """How many passages of each article are computed already; None where nothing is computed beforehand."""
        warmer = self._warmer
        return warmer.by_article if warmer is not None and warmer.warmth.total else None

    @property
    def _used(self) -> str:
        return self._settings.llm

    def _models(self) -> list[Weights]:
        """The registered models, and the one that the settings name if it is none of them."""
        known = self._doors.models(self._settings)
        if any(model.name == self._first for model in known):
            return known
        return [Weights(self._first, "language model", 0, "", "present", "named in the settings"), *known]

    def _model(self, name: str) -> Weights:
        for model in self._models():
            if model.name == name and model.kind == "language model":
                return model
        raise PullquoteError("There is no such model.", "Reload the page.")

    def _take(
        self,
        take: Callable[[Shelf, OnProgress], IngestReport],
        progress: OnProgress,
        refused: Sequence[tuple[str, str]],
    ) -> str:
        """Put something into the user's own library; what that did, as HTML."""
        report = take(self._chatbot.own_library(), progress)
        self._chatbot.changed()
        return shelves.report_html(report, refused)


def welcome(library: Shelf) -> str:
    """What an empty conversation says: how much there is to ask about, and what one could ask."""
    return page.welcome_html(library.stats().articles, is_sample=library.is_sample, examples=example_questions(library))


def wishes_form(chatbot: Answerer, settings: Settings) -> str:
    """The settings that a question can be asked with."""
    languages = sorted({article.language for article in chatbot.library.listing()} - {"und"})
    return frame.wishes_html(settings, languages)


def _too_many(files: int) -> UploadError:
    return UploadError(f"{files} files at once are too many; {uploads.FILES} is the most.", "Add them in parts.")


def _place(sent: Any) -> reading.Quoted:
    span = Span(int(sent["start"]), int(sent["end"]))
    return reading.Quoted(int(sent["number"]), span, str(sent.get("text") or ""))
