"""Use another model: one known by name (see `pullquote models`), a file, or one that you bring yourself."""

import threading
from collections.abc import Iterator

import rag
from rag.chatbot import Chatbot
from rag.engine.port import Piece, Prompt, Sampling, Told

with rag.open(llm="smollm2-135m", sources=3) as bot:
    print(bot.ask("Who is the secretary general of NATO?").model)


class FirstSentence:
    """A language model is whatever has a name, a context, and can count and stream."""

    name = "first-sentence"
    context = 4096

    def count_tokens(self, text: str) -> int:
        """Words."""
        return len(text.split())

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling | None = None,
        cancel: threading.Event | None = None,
        told: Told | None = None,
    ) -> Iterator[Piece]:
        """The first sentence of the best passage, which stands last."""
        body = prompt.passages[-1].strip().splitlines()[-1]
        yield Piece(body.split(". ")[0] + ".", 0.0)

    def close(self) -> None:
        """Nothing to free."""


with rag.open() as opened:
    mine = Chatbot(opened.library, FirstSentence(), opened.embedder, opened.settings)
    answer = mine.ask("What did Russia close in Brussels?")
    print(answer.model, answer.text, [quote.text for quote in answer.quotes])
