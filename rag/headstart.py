"""Getting the language model ready for a first question in a thread, while something else goes on.

Most of what ``pullquote ask`` waited for came one after the other: the embedder, Chroma, the language model, and the
model's reading of what stands before every passage (docs/evaluation.md has what is left).
"""

from __future__ import annotations

import threading
from contextlib import suppress

from index import language
from index.errors import PullquoteError
from rag import prompt
from rag.lending import Lender
from rag.warm import Warmable


def load(lender: Lender) -> None:
    """Begin to open a language model, and to compute the beginning that all its prompts share.

    What goes wrong is not told: it is tried again, and told, when the model is needed.
    """

    def work() -> None:
        with suppress(PullquoteError), lender.lend() as model:
            if isinstance(model, Warmable) and model.keeps:
                model.warm(prompt.build("", (), language.UNKNOWN))

    threading.Thread(target=work, name="pullquote-loading", daemon=True).start()
