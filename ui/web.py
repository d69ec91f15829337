"""The page in the browser, made with gradio; it is imported here and in no other module.

Gradio streams answers and carries calls; what is shown is our own HTML (``page``, ``shelves``, ``reading``) and our own
script (``static``). The server keeps no conversation: a browser sends what a question may lean on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import fastapi

from index.offline import go_offline
from ui import frame, look, uploads
from ui.asking import Asked, Running, converse
from ui.calls import Calls, Served, welcome, wishes_form
from ui.doors import Doors
from ui.policy import Policy
from ui.settings import Settings

go_offline()  # gradio and the hub's client read their switches when they are imported

import gradio as gr  # noqa: E402 -- see the line above
from starlette.middleware import Middleware  # noqa: E402 -- gradio's own web server


def build(chatbot: Served, *, settings: Settings | None = None, doors: Doors | None = None) -> gr.Blocks:
    """The page: asking, the library, the settings. One chatbot answers all sessions.

    Args:
        chatbot: Answers, from its library.
        settings: Where uploads and opinions are kept, and which model is used; by default what the environment says.
        doors: How models are listed and fetched.
    """
    settings = settings or Settings.load()
    blocks = gr.Blocks(title="Pullquote", analytics_enabled=False, fill_height=True, delete_cache=(3600, 3600))
    calls = Calls(chatbot, settings, doors or Doors(), uploaded=lambda path: path in blocks.upload_file_set)
    with blocks:
        gr.HTML(frame.TOP, js_on_load=None, apply_default_css=False, elem_id="pq-top")
        with gr.Row(elem_id="pq-ask-view"):
            gr.HTML(frame.SIDEBAR, js_on_load=None, apply_default_css=False, elem_id="pq-sidebar")
            _ask_view(blocks, chatbot, calls, settings)
        gr.HTML(frame.library_html(), js_on_load=None, apply_default_css=False, elem_id="pq-library-view")
        settings_page = frame.settings_html(wishes_form(chatbot, settings))
        gr.HTML(settings_page, js_on_load=None, apply_default_css=False, elem_id="pq-settings-view")
        gr.HTML(frame.READER, js_on_load=None, apply_default_css=False, elem_id="pq-over")
        gr.HTML(
            "",
            js_on_load="window.pullquote.attach({server, upload})",
            server_functions=[_call(function) for function in calls.functions],
            visible="hidden",
        )
    return blocks


def mount(
    app: fastapi.FastAPI,
    chatbot: Served,
    *,
    settings: Settings | None = None,
    doors: Doors | None = None,
) -> fastapi.FastAPI:
    """Put the page at ``/`` of an app: without files, in our own look. What the app guards, guards the page.

    Args:
        app: Its own routes win over the page's.
        chatbot: See :func:`build`.
        settings: Likewise.
        doors: Likewise.
    """
    blocks = build(chatbot, settings=settings, doors=doors)
    gr.mount_gradio_app(
        app,
        blocks,
        "/",
        app_kwargs={
            "middleware": [Middleware(Policy)],
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
        theme=_theme(),
        head=frame.head(),
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        allowed_paths=[],
        blocked_paths=["/"],
        max_file_size=uploads.FILE_BYTES,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    return app


def _ask_view(blocks: gr.Blocks, chatbot: Served, calls: Calls, settings: Settings) -> None:
    """The conversation, the question box, and what happens when a question is asked or stopped."""
    with gr.Column(elem_id="pq-center"):
        with gr.Column(elem_id="pq-scroll"):
            gr.HTML(frame.PAST, js_on_load=None, apply_default_css=False)
            gr.HTML(welcome(chatbot.library), js_on_load=None, apply_default_css=False, elem_id="pq-welcome")
            now = gr.HTML("", elem_id="pq-now", js_on_load=_NOW, apply_default_css=False)
        with gr.Column(elem_id="pq-composer"):
            gr.HTML(frame.EDITING, js_on_load=None, apply_default_css=False)
            with gr.Row():
                box = gr.Textbox(
                    elem_id="pq-ask",
                    label="Question",
                    container=False,
                    placeholder="Ask about the articles…",
                    lines=1,
                    max_lines=5,
                    max_length=settings.question_characters,
                    scale=8,
                    autofocus=True,
                )
                ask = gr.Button("Ask", elem_id="pq-send", variant="primary", scale=1)
                stop = gr.Button("Stop", elem_id="pq-stop", variant="stop", scale=1, visible=False)
    sent, done = gr.JSON(visible="hidden"), gr.JSON(visible="hidden")
    running = Running()

    def answer(question: str, told: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        asked = Asked.of(question, told)
        if asked is None:
            yield gr.skip(), question, gr.skip(), gr.skip(), None
            return
        busy, idle = (
            (gr.update(visible=False), gr.update(visible=True)),
            (gr.update(visible=True), gr.update(visible=False)),
        )
        html = ""
        kept: dict[str, Any] | None = None
        with running.answer(request.session_hash or "") as cancel:
            for html, whole in converse(chatbot, calls, asked, cancel):
                kept = whole.model_dump() if whole else None
                yield html, "", *busy, None
        yield html, gr.skip(), *idle, {"token": asked.token, "answer": kept}

    def cancel(request: gr.Request) -> None:
        running.stop(request.session_hash)

    gr.on(
        [box.submit, ask.click],
        answer,
        inputs=[box, sent],
        outputs=[now, box, ask, stop, done],
        js="(question) => window.pullquote.prepare(question)",
        show_progress="hidden",
        concurrency_limit=settings.askers,
        api_visibility="private",
    ).then(None, inputs=done, js="(done) => window.pullquote.keep(done)", api_visibility="private")
    stop.click(cancel, queue=False, api_visibility="private")
    blocks.unload(cancel)


def _call(function: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """A function that gradio can mark as callable by the page, under a name that none of its own has."""

    def call(sent: Any) -> dict[str, Any]:
        return function(sent)

    call.__name__ = f"call_{function.__name__}"
    return call


_NOW = """
window.pullquote.now = { clear: () => { props.value = ""; } };
watch("value", () => window.pullquote.streamed());
"""


def _theme() -> gr.themes.Base:
    return gr.themes.Base(
        font=[gr.themes.Font(name) for name in look.SANS], font_mono=[gr.themes.Font(name) for name in look.MONO]
    )
