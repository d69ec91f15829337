"""For whoever runs the server: is it alive, can it answer, and what has it done."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from ui.api.schemas import Alive, Ready, problems
from ui.desk import Desk


def router(desk: Desk, *, instance: str) -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``.

    Args:
        desk: What is asked.
        instance: What tells this start of the server from all others.
    """
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", response_model=Alive)
    def alive() -> Response:
        """Say that the server runs."""
        return JSONResponse({"status": "ok", "instance": instance})

    @routes.get("/readyz", response_model=Ready, responses={503: {"model": Ready, "description": "It is stopping."}})
    def ready() -> Response:
        """Say whether a question would be answered now, and from how many articles."""
        library = desk.library
        state = {
            "status": "ready" if desk.open else "stopping",
            "articles": library.stats().articles,
            "sample": library.is_sample,
            "model": desk.model,
        }
        return JSONResponse(state, 200 if desk.open else 503)

    @routes.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {desk.meters.content_type: {"schema": {"type": "string"}}}}, **problems()},
    )
    def metrics() -> Response:
        """Figures for Prometheus: questions, phases, verdicts, requests, the process."""
        return Response(desk.meters.page(), media_type=desk.meters.content_type)

    return routes
