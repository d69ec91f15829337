"""What can go wrong while answering; part of the tree drawn in ``index/errors.py``.

PullquoteError
├── QuestionError           a question that cannot be asked
│   ├── EmptyQuestion
│   ├── IllegibleQuestion   bytes that are no text
│   └── QuestionTooLong
└── EngineError             the language model
    ├── ModelNotLoaded      the file is there, llama.cpp would not take it
    ├── EngineMissing       llama-cpp-python is not installed
    ├── RemoteFailed        the server of a model that runs elsewhere
    ├── TooManyAskers       more questions wait than may
    ├── ContextTooSmall     the prompt does not fit the model's context
    └── ComputingFailed     llama.cpp could not go on
"""

from __future__ import annotations

from index.errors import PullquoteError


class QuestionError(PullquoteError):
    """A question that cannot be asked."""


class EmptyQuestion(QuestionError):
    """Nothing but white space."""


class IllegibleQuestion(QuestionError):
    """Bytes that are no text, as a terminal or a pipe of another encoding gives them: halves of surrogate pairs."""

    @classmethod
    def check(cls, question: str) -> None:
        """Raise it if the question holds such."""
        if any("\ud800" <= sign <= "\udfff" for sign in question):
            raise cls("The question has bytes in it that are no text.", "Type it anew, or send it as UTF-8.")


class QuestionTooLong(QuestionError):
    """More than a question can be."""


class EngineError(PullquoteError):
    """Something about the language model."""


class ModelNotLoaded(EngineError):
    """The file is there, but llama.cpp would not take it."""


class EngineMissing(EngineError):
    """llama-cpp-python is not installed."""


class RemoteFailed(EngineError):
    """The server of a language model that runs elsewhere."""


class TooManyAskers(EngineError):
    """More questions wait for the language model than may."""


class ContextTooSmall(EngineError):
    """The prompt does not fit into the model's context."""


class ComputingFailed(EngineError):
    """llama.cpp could not go on, and does not say why."""
