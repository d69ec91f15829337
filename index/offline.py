"""Telemetry of every dependency off, and hubs out of reach unless the user names one.

The libraries read these variables when they are imported. So whoever opens something calls :func:`go_offline_but_for`
before anything else, and adapters call :func:`go_offline` just before they import.
"""

from __future__ import annotations

import os
import threading

from index import weights
from index.settings import KEEP_ORDER, Settings

_ALWAYS = {
    "ANONYMIZED_TELEMETRY": "False",
    "CHROMA_TELEMETRY": "False",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "true",
    "TRANSFORMERS_VERBOSITY": "error",
}
_NO_HUB = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
# Which of those were set here: what the user has set stays, also where a hub model is named that was fetched before.
_set_here: set[str] = set()
_hub_wanted = threading.Event()


def go_offline(*, hub: bool = False) -> None:
    """Set the process's environment so that no dependency phones home.

    Args:
        hub: True when the user named a hub model: the hub is reachable from now on, whoever calls this later, and
            telemetry is not.
    """
    os.environ.update(_ALWAYS)
    if hub:
        _hub_wanted.set()
    if _hub_wanted.is_set():
        while _set_here:
            os.environ.pop(_set_here.pop(), None)
        return
    _set_here.update(name for name, value in _NO_HUB.items() if os.environ.get(name) != value)
    os.environ.update(_NO_HUB)


def go_offline_but_for(settings: Settings) -> None:
    """Do so, and leave the hub in reach if the embedder or the reranker that settings name can only be had there."""
    names = [settings.embedder, *([settings.reranker] if settings.reranker != KEEP_ORDER else [])]
    go_offline(hub=any(weights.is_hub_name(name) for name in names))
