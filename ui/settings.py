"""The settings of serving, on top of those of answering."""

from __future__ import annotations

from typing import Literal

import pydantic

from rag.settings import Settings as RagSettings


class Settings(RagSettings):
    """Everything that Pullquote can be told, what only ``pullquote serve`` needs included.

    Attributes:
        token: What readers and programs must show to ``pullquote serve``; empty lets everybody on this machine in.
        requests_per_minute: Most requests to the HTTP API from one address, in a minute.
        request_mb: Longest request body, uploaded files included, in MB.
        askers: Most questions that are answered or wait at the same time.
        shutdown_seconds: How long running answers may go on when the server is told to stop.
        log: What a request leaves on stderr: nothing, a line for people, or a JSON object.
    """

    token: pydantic.SecretStr = pydantic.SecretStr("")
    requests_per_minute: int = pydantic.Field(default=600, ge=1)
    request_mb: int = pydantic.Field(default=50, ge=1, le=2000)
    askers: int = pydantic.Field(default=16, ge=1, le=1000)
    shutdown_seconds: float = pydantic.Field(default=10.0, ge=0.0)
    log: Literal["off", "text", "json"] = "off"
