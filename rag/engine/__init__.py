"""Language models behind one port: see :mod:`rag.engine.port`."""

from __future__ import annotations

from collections.abc import Callable

from index import weights
from index.types import Progress
from rag.engine.port import LanguageModel
from rag.settings import Settings


def open_model(settings: Settings, progress: Callable[[Progress], None] | None = None) -> LanguageModel:
    """Fetch if need be, and load, the language model that the settings name.

    Raises:
        ModelError: it is not known or cannot be fetched.
        EngineError: it cannot be loaded.
    """
    from rag.engine.llama import LlamaModel

    path = weights.language_model(settings.llm, settings.models_dir, progress)
    return LlamaModel(path, name=settings.llm, context=settings.context, threads=settings.cores)
