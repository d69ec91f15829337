"""The parts of the page that hold no article and no answer: header, sidebar, reader, forms. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from ui import uploads
from ui.markup import inert, language_name
from ui.settings import Settings

# Passages that can be asked for by the page, unless the settings have more.
_SOURCES = 12
_SCRIPTS = ("store.js", "ask.js", "reader.js", "library.js", "page.js")

TOP = """
<a class="pq-skip" href="#ask">Skip to the question</a>
<div class="pq-top"><h1 class="pq-title">Pullquote</h1>
<nav id="pq-nav" aria-label="Pages"><a href="#ask">Ask</a><a href="#library">Library</a><a href="#settings">Settings</a>
</nav></div>"""

SIDEBAR = """
<div class="pq-side">
<button type="button" class="pq-new" data-do="new"><span aria-hidden="true">+</span> New conversation</button>
<button type="button" class="pq-quiet pq-open-side" data-do="sidebar" aria-expanded="false" aria-controls="pq-history">
Conversations</button>
<div id="pq-history"><h2 class="pq-unseen">Conversations</h2><ul id="pq-conversations"></ul>
<p id="pq-no-conversations" class="pq-note">What you ask is kept in this browser only.</p>
<p id="pq-export" class="pq-export" hidden>Save as
<button type="button" class="pq-quiet" data-do="export-markdown">Markdown</button>
<button type="button" class="pq-quiet" data-do="export-json">JSON</button></p></div></div>"""

READER = """
<aside id="pq-reader" aria-label="Article" hidden><div class="pq-reader-top">
<div id="pq-several" role="group" aria-label="Quotes in this article" hidden>
<button type="button" class="pq-quiet" data-do="previous-quote" aria-label="Previous quote">‹</button>
<span id="pq-which" role="status"></span>
<button type="button" class="pq-quiet" data-do="next-quote" aria-label="Next quote">›</button></div>
<button type="button" class="pq-quiet pq-close" data-do="close-article" aria-label="Close the article">✕</button></div>
<div id="pq-article" tabindex="0" role="region" aria-label="Text of the article"></div></aside>
<div id="pq-card" popover role="dialog" aria-label="Quote"></div>
<div id="pq-toast" role="status" hidden><span id="pq-toast-words"></span>
<button type="button" id="pq-toast-action" class="pq-quiet" hidden></button>
<button type="button" class="pq-quiet" data-do="close-toast" aria-label="Close this notice">✕</button></div>"""

PAST = '<div id="pq-missing" hidden></div><div id="pq-past"></div>'

EDITING = """
<p id="pq-editing" hidden>Asking again replaces this answer and what follows it.
<button type="button" class="pq-quiet" data-do="stop-editing">Leave it as it is</button></p>
<p id="pq-wished" class="pq-note" hidden>As you wish: <span></span> <a href="#settings">Change</a></p>
<p id="pq-status" class="pq-unseen" role="status"></p>"""


def head() -> str:
    """The page's own style sheet and script. Nothing is loaded from anywhere else.

    They stand in the head because gradio would rewrite a style sheet that it is given itself.
    """
    folder = resources.files("ui") / "static"
    style = (folder / "page.css").read_text(encoding="utf-8")
    script = "".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return f"<style>{style}</style><script>{script}</script>"


def library_html() -> str:
    """The library's page: adding by file and by text, the table, the statistics."""
    kinds = uploads.kinds()
    return f"""
<div class="pq-library"><h2 class="pq-heading">Library</h2>
<div class="pq-columns"><div class="pq-main">
<div id="pq-drop" data-files="{uploads.FILES}" data-bytes="{uploads.FILE_BYTES}">
<p><strong>Drop files here</strong> or
<button type="button" class="pq-button" data-do="choose-files">choose files</button></p>
<input type="file" id="pq-files" multiple hidden accept="{",".join(kinds)}" aria-label="Files to add">
<p class="pq-note">Text, web pages, PDF, Word, EPUB, tables, feeds, zip; up to {uploads.FILES} files of
{uploads.FILE_BYTES // 1_000_000} MB. They stay on this machine.</p></div>
<details class="pq-paste"><summary>Paste a text</summary><form id="pq-paste">
<label>Title <input class="pq-field" name="title" maxlength="300"></label>
<label>Outlet <input class="pq-field" name="outlet" maxlength="100"></label>
<label>Published <input class="pq-field" name="published" type="date"></label>
<label class="pq-wide">Text <textarea class="pq-field" name="text" rows="7" required></textarea></label>
<button type="submit" class="pq-button">Add this text</button></form></details>
<div id="pq-report" aria-live="polite"></div>
<label class="pq-search"><span class="pq-unseen">Search the library</span>
<input class="pq-field" id="pq-search" type="search" placeholder="Search title, outlet, language, day…"></label>
<div id="pq-table"></div></div>
<aside class="pq-figures" aria-label="Statistics"><p id="pq-warmth" class="pq-note" hidden><strong></strong>:
they are read while nobody asks, so that an answer begins sooner.</p><div id="pq-statistics"></div>
</aside></div></div>"""


def settings_html(wishes: str) -> str:
    """The settings' page: what a question is asked with, explained, and the models; ``wishes`` is HTML of ours."""
    return f"""
<div class="pq-settings"><h2 class="pq-heading">Settings</h2>
<p class="pq-note">Kept in this browser, and used from the next question on.</p>
<form id="pq-wishes">{wishes}</form>
<section><h3>Language model</h3>
<p>It reads the passages that were found and writes the answer. A larger one understands more and takes longer. It never
writes a quote: those are cut out of the articles. The choice holds for everybody who uses this page, until Pullquote is
started again.</p>
<div id="pq-model-report"></div><div id="pq-models"></div><p class="pq-fetching" hidden></p></section></div>"""


def wishes_html(settings: Settings, languages: Sequence[str]) -> str:
    """The fields of what a question can be asked with, as the server's settings have them.

    Args:
        settings: How it answers who wishes nothing.
        languages: Codes of the library's languages.
    """
    parts = (
        _strict(strict=settings.strict),
        _sources(settings.sources),
        _languages(languages) if len(languages) > 1 else "",
        _dates(),
        '<p><button type="reset" class="pq-quiet pq-reset">As it was at first</button></p>',
    )
    return "".join(parts)


def _strict(*, strict: bool) -> str:
    yes, no = ("checked", "") if strict else ("", "checked")
    return f"""
<fieldset><legend>How strict</legend>
<label><input type="radio" name="strict" value="yes" {yes}> <strong>Only what is proved.</strong> A sentence that no
quote supports is left out.</label>
<label><input type="radio" name="strict" value="no" {no}> <strong>Show everything.</strong> Sentences without proof are
shown, and marked.</label></fieldset>"""


def _sources(sources: int) -> str:
    return f"""
<fieldset><legend>How much to find</legend><label>Passages <input type="range" name="sources" min="1"
max="{max(_SOURCES, sources)}" value="{sources}"> <output id="pq-sources-shown">{sources}</output></label>
<p>All of them are shown below an answer, and its quotes are looked for in all of them. The language model reads the
best three at most, the best one first.</p></fieldset>"""


def _languages(languages: Sequence[str]) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" name="languages" value="{inert(code)}"> {inert(language_name(code))}</label>'
        for code in languages
    )
    return f"""
<fieldset><legend>Where to look</legend>{boxes}
<p>Only articles in the languages that are ticked are searched; with none ticked, all of them. You can ask in any
language.</p></fieldset>"""


def _dates() -> str:
    return """
<fieldset><legend>Which time</legend><label>From <input class="pq-field" type="date" name="since"></label>
<label>to <input class="pq-field" type="date" name="until"></label>
<p>Articles of these days are preferred. Others are still found: a hard limit loses answers.</p></fieldset>"""
