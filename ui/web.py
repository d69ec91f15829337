"""The chat in the browser. The only importer of gradio."""

from __future__ import annotations

import contextlib
import textwrap
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from index.errors import PullquoteError
from index.offline import go_offline
from rag.markdown import one_line
from rag.types import Done, Event, Found, Source, Token, Turn
from ui import look, page
from ui.doors import LOOPBACK, Answerer, Shelf

go_offline()  # gradio and the hub's client read their switches when they are imported

import gradio as gr  # noqa: E402 -- see the line above
from fastapi import FastAPI  # noqa: E402 -- gradio's own web server
from starlette.middleware import Middleware  # noqa: E402 -- gradio's own web server
from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: E402

# Answers asked for at the same time; the chatbot does one after the other, the others see "Searching…".
_ASKERS = 16
# For the sample articles; a library of the user's own is asked about its newest articles.
_SAMPLE_QUESTIONS = (
    "What did Russia close on November 1?",
    "Why did NATO expel eight Russians?",
    "Varför stänger Ryssland sitt kontor?",
)
_EXAMPLES = 3
_TITLE_CHARACTERS = 60
# Those of the launch options that are the page's; the others are the server's, which is the app's own.
_MOUNTED = (
    "theme",
    "css",
    "footer_links",
    "run_history",
    "show_error",
    "enable_monitoring",
    "ssr_mode",
    "pwa",
    "mcp_server",
    "max_file_size",
)


class ServeError(PullquoteError):
    """The page cannot be served."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One browser session: what is on the page, and what the next question may lean on."""

    messages: tuple[dict[str, str], ...] = ()
    turns: tuple[Turn, ...] = ()

    def said(self, question: str) -> Conversation:
        """With a question added, and a place for its answer."""
        asked = {"role": "user", "content": page.question_html(question)}
        return replace(self, messages=(*self.messages, asked, {"role": "assistant", "content": page.draft_html(None)}))

    def showing(self, answer: str) -> Conversation:
        """With the last message replaced by this HTML."""
        return replace(self, messages=(*self.messages[:-1], {"role": "assistant", "content": answer}))

    def remembering(self, turn: Turn) -> Conversation:
        """With a turn that later questions may lean on."""
        return replace(self, turns=(*self.turns, turn))


@dataclass(slots=True)
class _Draft:
    """What a stream has brought so far."""

    sources: Sequence[Source] | None = None
    text: str = ""


@dataclass(slots=True)
class _Running:
    """The answers being written, by browser session, so that Stop and a closed tab find theirs."""

    _cancels: dict[str, threading.Event] = field(default_factory=dict)

    @contextlib.contextmanager
    def answer(self, session: str) -> Generator[threading.Event]:
        """An event that is set when this session wants no more."""
        self.stop(session)
        cancel = self._cancels[session] = threading.Event()
        try:
            yield cancel
        finally:
            if self._cancels.get(session) is cancel:
                del self._cancels[session]

    def stop(self, session: str | None) -> None:
        """Cancel what the session waits for, if anything."""
        cancel = self._cancels.get(session or "")
        if cancel is not None:
            cancel.set()


def converse(
    chatbot: Answerer, conversation: Conversation, question: str, cancel: threading.Event
) -> Iterator[Conversation]:
    """The conversation after each event of an answer: what was found, the words so far, the answer with its quotes.

    Errors of ours become a message on the page; a cancelled answer says that it was stopped.
    """
    conversation = conversation.said(question)
    yield conversation
    draft = _Draft()
    try:
        with _closing(chatbot.stream(question, conversation.turns, cancel=cancel)) as events:
            for event in events:
                if cancel.is_set():
                    break
                match event:
                    case Found(sources):
                        draft.sources = sources
                    case Token(text):
                        draft.text += text
                    case Done(answer):
                        turn = Turn(question, answer.text)
                        yield conversation.remembering(turn).showing(page.answer_html(answer))
                        return
                yield conversation.showing(page.draft_html(draft.sources, draft.text))
    except PullquoteError as error:
        yield conversation.showing(page.error_html(error))
    else:
        yield conversation.showing(page.stopped_html(draft.sources, draft.text))


def build(chatbot: Answerer) -> gr.Blocks:
    """The page: a conversation, a question box, Ask and Stop, examples. One chatbot answers all sessions."""
    blocks = gr.Blocks(title="Pullquote", analytics_enabled=False, fill_height=True)
    with blocks:
        gr.HTML(
            '<h1 class="pq-title">Pullquote</h1>'
            '<p class="pq-tagline">Every sentence of an answer shows the exact quote it stands on.</p>',
            js_on_load=None,
        )
        conversation = gr.State(Conversation())
        chat = gr.Chatbot(
            elem_id="pq-chat",
            label="Conversation",
            show_label=False,
            container=False,
            sanitize_html=True,
            allow_tags=False,
            latex_delimiters=[],
            buttons=[],
            feedback_options=None,
            allow_file_downloads=False,
            placeholder=_welcome(chatbot),
            layout="bubble",
        )
        with gr.Row():
            box = gr.Textbox(
                elem_id="pq-ask",
                label="Question",
                show_label=False,
                container=False,
                placeholder="Ask about the articles…",
                lines=1,
                max_lines=4,
                scale=8,
                autofocus=True,
            )
            ask = gr.Button("Ask", elem_id="pq-send", variant="primary", scale=1)
            stop = gr.Button("Stop", elem_id="pq-stop", variant="stop", scale=1, visible=False)
        with gr.Column(elem_classes="pq-examples"):
            if examples := example_questions(chatbot.library):
                gr.Examples([[question] for question in examples], box, label="For example", api_visibility="private")
        _wire(
            blocks=blocks,
            chatbot=chatbot,
            running=_Running(),
            conversation=conversation,
            chat=chat,
            box=box,
            ask=ask,
            stop=stop,
        )
    return blocks


def example_questions(library: Shelf) -> list[str]:
    """What one could ask: of the sample articles something good, of others what the newest with a title report."""
    if library.is_sample:
        return list(_SAMPLE_QUESTIONS)
    titles = [one_line(article.title) for article in library.articles() if article.title]
    return [
        f"What does “{textwrap.shorten(title, _TITLE_CHARACTERS, placeholder='…')}” report?"
        for title in titles[:_EXAMPLES]
    ]


def launch_options(host: str = "127.0.0.1", port: int = 7860) -> dict[str, Any]:
    """What :meth:`gradio.Blocks.launch` must be given for the page to be local, private and in our own look.

    Served on this machine only, it answers to this machine's names only: a foreign page whose name has been
    pointed at 127.0.0.1 (DNS rebinding) reads nothing.
    """
    names = sorted(LOOPBACK) if host in LOOPBACK else ["*"]
    return {
        "server_name": host,
        "server_port": port,
        "app_kwargs": {"middleware": [Middleware(TrustedHostMiddleware, allowed_hosts=names)]},
        "theme": gr.themes.Base(
            font=[gr.themes.Font(name) for name in look.SANS], font_mono=[gr.themes.Font(name) for name in look.MONO]
        ),
        "css": look.CSS,
        "share": False,
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "enable_monitoring": False,
        "strict_cors": True,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "inbrowser": False,
        "max_file_size": 0,
        "quiet": True,
    }


def mount(app: FastAPI, chatbot: Answerer) -> FastAPI:
    """Put the page into an app, at ``/``; what the app guards, such as names and tokens, guards the page."""
    options = launch_options()
    given = {name: options[name] for name in _MOUNTED}
    mounted: FastAPI = gr.mount_gradio_app(app, build(chatbot), path="/", **given)
    return mounted


def serve(chatbot: Answerer, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serve the page until the process is interrupted.

    Raises:
        ServeError: the port is taken, or the address is not this machine's.
        KeyboardInterrupt: as it comes, after the server has stopped.
    """
    blocks = build(chatbot)
    try:
        blocks.launch(prevent_thread_lock=True, **launch_options(host, port))
    except OSError as error:
        raise ServeError(
            f"Nothing can listen at {host}:{port}; the port is probably taken.", f"pullquote serve --port {port + 1}"
        ) from error
    try:
        threading.Event().wait()
    finally:
        blocks.close(verbose=False)


def _wire(
    *,
    blocks: gr.Blocks,
    chatbot: Answerer,
    running: _Running,
    conversation: gr.State,
    chat: gr.Chatbot,
    box: gr.Textbox,
    ask: gr.Button,
    stop: gr.Button,
) -> None:
    """Connect the events: Enter and Ask start an answer, Stop and leaving the page cancel it."""

    def answer(question: str, so_far: Conversation, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            yield so_far, list(so_far.messages), question, gr.skip(), gr.skip()
            return
        busy, idle = (
            (gr.update(visible=False), gr.update(visible=True)),
            (gr.update(visible=True), gr.update(visible=False)),
        )
        state = so_far
        with running.answer(request.session_hash or "") as cancel:
            for state in converse(chatbot, so_far, question.strip(), cancel):
                yield state, list(state.messages), "", *busy
        yield state, list(state.messages), "", *idle

    def cancel(request: gr.Request) -> None:
        running.stop(request.session_hash)

    def forget(request: gr.Request) -> Conversation:
        running.stop(request.session_hash)
        return Conversation()

    gr.on(
        [box.submit, ask.click],
        answer,
        inputs=[box, conversation],
        outputs=[conversation, chat, box, ask, stop],
        show_progress="hidden",
        concurrency_limit=_ASKERS,
        api_visibility="private",
    )
    stop.click(cancel, queue=False, api_visibility="private")
    chat.clear(forget, outputs=conversation, queue=False, api_visibility="private")
    blocks.unload(cancel)


def _welcome(chatbot: Answerer) -> str:
    """What an empty conversation says: how many articles there are to ask about."""
    stats = chatbot.library.stats()
    kind = "sample article" if chatbot.library.is_sample else "article"
    return page.welcome_html(stats.articles, kind)


def _closing(events: Iterator[Event]) -> contextlib.AbstractContextManager[Iterator[Event]]:
    return contextlib.closing(events) if isinstance(events, Generator) else contextlib.nullcontext(events)
