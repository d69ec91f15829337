"""llama-cpp-python, loaded once and told to be quiet.

With :mod:`rag.engine.native` and :mod:`rag.engine.onlooker` the only importer of ``llama_cpp``.
"""

from __future__ import annotations

import ctypes
import logging
from typing import Any

from rag.errors import EngineMissing

_LOG = logging.getLogger("pullquote.llama")
_silence: Any = None


def load() -> Any:
    """The module ``llama_cpp``.

    Raises:
        EngineMissing: it is not installed or cannot be loaded on this machine.
    """
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineMissing(
            f"llama-cpp-python cannot be loaded: {error}.",
            "Build it for this machine: make clean install (needs a C++ compiler: apt install g++)",
        ) from error
    global _silence  # noqa: PLW0603 -- llama.cpp keeps a pointer to the callback for the life of the process
    if _silence is None:
        llama_cpp.llama_backend_init()
        _silence = llama_cpp.llama_log_callback(_log)
        llama_cpp.llama_log_set(_silence, ctypes.c_void_p(0))
    return llama_cpp


def reads_fast_as_stored(api: Any) -> bool:
    """Whether prompts are read fastest from weights as they lie in the file (docs/decisions/0010)."""
    return b"AVX512_VNNI = 1" in api.llama_print_system_info()


def _log(level: int, text: bytes, _: Any) -> None:
    """Send what llama.cpp says to Python's logging, for whoever looks for it: what goes wrong we say ourselves.

    Interrupting it, as every question does that comes while passages are computed, makes it speak of errors too.
    """
    _LOG.debug("%s %s", level, text.decode("utf-8", "replace").rstrip())
