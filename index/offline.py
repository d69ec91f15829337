"""Telemetry of every dependency off, and hubs out of reach unless the user names one.

The libraries read these variables when they are imported, so adapters call :func:`go_offline` just before.
"""

from __future__ import annotations

import os

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


def go_offline(*, hub: bool = False) -> None:
    """Set the process's environment so that no dependency phones home.

    Args:
        hub: True when the user named a hub model: the hub stays reachable, telemetry does not.
    """
    os.environ.update(_ALWAYS)
    if not hub:
        os.environ.update(_NO_HUB)
