"""Language models behind one port: see :mod:`rag.engine.port`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index import weights
from index.identity import identity
from index.types import Progress
from rag.engine.port import LanguageModel
from rag.settings import Settings

SCHEME = "openai:"
"""What the name of a model that runs elsewhere begins with."""
NO_ADAPTER = "none"


def at_once(settings: Settings) -> int:
    """How many questions the model that the settings name can answer at the same time."""
    return settings.remote_askers if settings.llm.startswith(SCHEME) else 1


def open_model(settings: Settings, progress: Callable[[Progress], None] | None = None) -> LanguageModel:
    """Fetch if need be, and load, the language model that the settings name.

    Raises:
        ModelError: it is not known or cannot be fetched.
        EngineError: it cannot be loaded, or is no address of a server.
    """
    if settings.llm.startswith(SCHEME):
        from rag.engine.remote import RemoteModel, address

        return RemoteModel(
            address(settings.llm),
            key=settings.api_key.get_secret_value(),
            context=settings.context,
            seconds=settings.remote_seconds,
        )
    from rag.engine.llama import LlamaModel
    from rag.engine.passage_cache import PassageCache

    path = weights.language_model(settings.llm, settings.models_dir, progress)
    cache = PassageCache(
        settings.cache_dir / "passages" if settings.cache_disk_mb else None,
        memory_bytes=settings.cache_memory_mb * 1_000_000,
        disk_bytes=settings.cache_disk_mb * 1_000_000,
    )
    return LlamaModel(
        path,
        name=settings.llm,
        context=settings.context,
        threads=settings.cores,
        identity=identity(path, settings.cache_dir),
        cache=cache if settings.passage_cache else None,
        adapter=None if settings.adapter == NO_ADAPTER else Path(settings.adapter).expanduser(),
        scale=settings.adapter_scale,
    )
