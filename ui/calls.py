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
from pathlib import Path
from typing import Any, Protocol

from index.errors import ArticleNotFound, PullquoteError
from index.types import Article, IngestReport, Span
from rag.markdown import escape
from rag.warm import Warmer
from ui import feedback, frame, kept, page, reading, shelves, uploads
from ui.asking import example_questions
from ui.doors import Answerer, Doors, OnProgress, Shelf, Weights
from ui.jobs import Jobs
from ui.markup import inert
from ui.settings import Settings
from ui.wishes import granted

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
        except (TypeError, ValueError, KeyError):
            return {"error": "This page and the server do not understand each other. Reload the page."}

    return wrapped


class Served(Answerer, Protocol):
    """A chatbot that can leave the sample articles for the user's own library; :class:`ui.desk.Desk` is one."""

    def own_library(self) -> Shelf:
        """The library that articles can be added to, made if need be; it is answered from, from now on."""


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
        self.jobs = Jobs()
        self._chatbot = chatbot
        self._settings = settings
        self._doors = doors
        self._uploaded = uploaded
        self._removed: OrderedDict[int, Article] = OrderedDict()
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
        return {"html": shelves.table_html(listed, view), "statistics": statistics, "total": len(listed)}

    @_told
    def remove(self, sent: Sent) -> dict[str, Any]:
        """Take the article of an ``id`` out; its ``title``, and a number that :meth:`undo` wants."""
        article = self._shelf.article(str(sent.get("id")))
        self._shelf.remove(article.id)
        self._changed()
        with self._lock:
            number = next(self._numbers)
            self._removed[number] = article
            while len(self._removed) > _UNDOABLE:
                self._removed.popitem(last=False)
        return {"undo": number, "title": article.name}

    @_told
    def undo(self, sent: Sent) -> dict[str, Any]:
        """Put back what was removed under that number."""
        with self._lock:
            article = self._removed.pop(int(sent.get("undo") or 0), None)
        if article is None:
            raise ArticleNotFound("That cannot be undone any more.", "Add the article again.")
        self._shelf.restore([article])
        self._changed()
        return {"title": article.name}

    @_told
    def add(self, sent: Sent) -> dict[str, Any]:
        """Take in the files at ``paths``, which were uploaded; ``refused`` says which never came. The job's number."""
        paths = [Path(path) for path in sent.get("paths") or () if self._uploaded(str(path))]
        refused = [(str(one.get("name")), str(one.get("reason"))) for one in list(sent.get("refused") or ())[:1000]]
        if not paths:
            return {"html": shelves.report_html(_NOTHING, refused)}
        try:
            files = uploads.take_files(paths, self._settings)
        except uploads.UploadError as error:
            return {"html": page.complaint_html(error)}
        return {"job": self.jobs.start("library", lambda progress: self._ingest(files, progress, refused))}

    @_told
    def paste(self, sent: Sent) -> dict[str, Any]:
        """Take in a ``text`` with its ``title``, ``outlet`` and day of publication. The job's number."""
        said = {key: str(sent.get(key) or "") for key in ("title", "outlet", "published")}
        try:
            file = uploads.take_text(str(sent.get("text") or ""), self._settings, **said)
        except uploads.UploadError as error:
            return {"html": page.complaint_html(error), "refused": True}
        return {"job": self.jobs.start("library", lambda progress: self._ingest([file], progress, ()))}

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
        known = self._doors.models(self._settings)
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
            return f'<p role="status">{inert(model.name)} is here.</p>'

        return {"job": self.jobs.start("model", work)}

    @_told
    def use(self, sent: Sent) -> dict[str, Any]:
        """Answer with the registered model of a ``name`` from the next question on."""
        model = self._model(str(sent.get("name")))
        change = getattr(self._chatbot, "use_model", None)
        if change is None:
            return {"words": f"Start Pullquote with it: pullquote serve --llm {model.name}"}
        change(model.name)
        self._settings = self._settings.model_copy(update={"llm": model.name})
        return {"words": f"The next question is answered by {model.name}."}

    @_told
    def warmth(self, _sent: Sent) -> dict[str, Any]:
        """How much of the library is computed already, in words; empty where nothing is computed beforehand."""
        warmer = self._warmer
        if warmer is None:
            return {"words": "", "going": False}
        warmth = warmer.warmth
        return {"words": str(warmth), "going": warmth.ready < warmth.total}

    # --- inside

    @property
    def _shelf(self) -> Shelf:
        return self._chatbot.library

    @property
    def _warmer(self) -> Warmer | None:
        """What computes passages beforehand, where the chatbot has been told to."""
        found = getattr(getattr(self._chatbot, "chatbot", self._chatbot), "warmer", None)
        return found if isinstance(found, Warmer) else None

    def _changed(self) -> None:
        """Articles came or went."""
        if (warmer := self._warmer) is not None:
            warmer.refresh()

    @property
    def _used(self) -> str:
        return self._settings.llm

    def _model(self, name: str) -> Weights:
        for model in self._doors.models(self._settings):
            if model.name == name and model.kind == "language model":
                return model
        raise PullquoteError("There is no such model.", "Reload the page.")

    def _ingest(self, files: Sequence[Path], progress: OnProgress, refused: Sequence[tuple[str, str]]) -> str:
        """Index files that were taken in; those that hold nothing are deleted again."""
        report = self._chatbot.own_library().ingest(files, progress)
        self._changed()
        failed = {failure.id for failure in report.failed}
        uploads.discard([file for file in files if file.name in failed or str(file) in failed], self._settings)
        return shelves.report_html(report, refused)


def welcome(library: Shelf) -> str:
    """What an empty conversation says: how much there is to ask about, and what one could ask."""
    return page.welcome_html(library.stats().articles, is_sample=library.is_sample, examples=example_questions(library))


def wishes_form(chatbot: Answerer, settings: Settings) -> str:
    """The settings that a question can be asked with."""
    languages = sorted({article.language for article in chatbot.library.listing()} - {"und"})
    return frame.wishes_html(granted(chatbot), settings.sources, languages)


def _place(sent: Any) -> reading.Quoted:
    span = Span(int(sent["start"]), int(sent["end"]))
    return reading.Quoted(int(sent["number"]), span, str(sent.get("text") or ""))
