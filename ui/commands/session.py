"""What every command is given, and the status it leaves."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ui.doors import Answerer, Doors, Respondent, Shelf
from ui.settings import Settings
from ui.terminal import Terminal

OK, FAILED, USAGE, NOT_IN_ARTICLES, NO_ARTICLES, INTERRUPTED = 0, 1, 2, 3, 4, 130
STATUSES = {
    OK: "done; for `ask`: answered",
    FAILED: "an error; what happened and what to do is on stderr",
    USAGE: "the command line or the question cannot be used",
    NOT_IN_ARTICLES: "`ask` only: the articles do not answer the question",
    NO_ARTICLES: "`ask` only: there are no articles",
    INTERRUPTED: "interrupted with Ctrl-C",
}
UNANSWERED = {"not_in_articles": NOT_IN_ARTICLES, "no_articles": NO_ARTICLES}


@dataclass(frozen=True, slots=True)
class Session:
    """What every command is given: the doors, the terminal, and the ``--home`` of the command line."""

    doors: Doors = field(default_factory=Doors)
    terminal: Terminal = field(default_factory=Terminal)
    home: Path | None = None

    def settings(self, **arguments: Any) -> Settings:
        """The settings, with what the command line says on top."""
        return Settings.load(home=self.home, **arguments)

    def chatbot(self, settings: Settings) -> contextlib.closing[Answerer]:
        """The chatbot, closed at the end of a ``with``; says so when it answers from the sample articles."""
        return contextlib.closing(self._opened(settings))

    def respondent(self, settings: Settings) -> contextlib.closing[Respondent]:
        """What answers soonest: a running server of the same library while there is one, else a chatbot of our own."""
        server = self.doors.server(settings)
        if server is None:
            return contextlib.closing(self._opened(settings))
        self.terminal.note("Asking the running server.")
        from ui.relay import Relay

        return contextlib.closing(Relay(server, lambda: self._instead(settings)))

    def library(self, settings: Settings, *, writable: bool = False) -> contextlib.closing[Shelf]:
        """The library, closed at the end of a ``with``."""
        self.terminal.activity.say("opening the library…")
        return contextlib.closing(self.doors.library(settings, self.terminal.activity, writable))

    def _instead(self, settings: Settings) -> Answerer:
        self.terminal.note("The running server is gone; this process answers from now on.")
        return self._opened(settings)

    def _opened(self, settings: Settings) -> Answerer:
        self.terminal.activity.say("opening the library…")
        chatbot = self.doors.chatbot(settings, self.terminal.activity)
        if chatbot.library.is_sample:
            self.terminal.note("These are the sample articles; for your own: pullquote index FOLDER")
        return chatbot
