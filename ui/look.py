"""How the browser chat looks: one accent colour, serif quotes, light and dark, fonts of the reader's own system."""

from __future__ import annotations

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "DejaVu Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Liberation Mono", "DejaVu Sans Mono", "monospace")

CSS = """
:root, .light {
  --pq-accent: #9b2c1f; --pq-ink: #1d1b19; --pq-soft: #5e5953; --pq-line: #ddd8cf; --pq-paper: #fbfaf7;
  --pq-card: #ffffff; --pq-ask: #f1eee7;
  --pq-serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, "Liberation Serif",
    "DejaVu Serif", serif;
}
.dark {
  --pq-accent: #f0937f; --pq-ink: #ece8e1; --pq-soft: #a8a199; --pq-line: #3a3632; --pq-paper: #171513;
  --pq-card: #1f1c1a; --pq-ask: #2a2623;
}
body, gradio-app, .gradio-container { background: var(--pq-paper) !important; color: var(--pq-ink); }
.gradio-container { max-width: 860px !important; margin: 0 auto !important; padding: 8px 20px !important; }
footer { display: none !important; }
.pq-title { margin: 4px 0 2px; font: 600 30px/1.2 var(--pq-serif); color: var(--pq-ink); letter-spacing: -.01em; }
.pq-title::before { content: "“"; color: var(--pq-accent); margin-right: 2px; }
.pq-tagline { margin: 0 0 6px; color: var(--pq-soft); font-size: 15px; }

#pq-chat { border: 0; background: transparent; height: calc(100vh - 316px) !important; min-height: 300px; }
#pq-chat .message-wrap, #pq-chat .bubble-wrap { background: transparent; }
#pq-chat .message, #pq-chat .bot, #pq-chat .user { border: 0; box-shadow: none; background: transparent; }
#pq-chat .message-content, #pq-chat .prose { opacity: 1; }
#pq-chat .message-row { margin: 0 0 14px; max-width: 100%; }
#pq-chat .user .pq-question {
  background: var(--pq-ask); color: var(--pq-ink); border-radius: 14px 14px 3px 14px; padding: 10px 16px;
}
#pq-chat .pq { color: var(--pq-ink); font-size: 16px; line-height: 1.6; }
#pq-chat .pq p { display: block; margin: 0; }
#pq-chat .pq-welcome { color: var(--pq-soft); text-align: center; }
#pq-chat .pq-answer { font-size: 17px; }
#pq-chat .pq-wait { color: var(--pq-soft); font-style: italic; }
#pq-chat .pq-head { color: var(--pq-soft); font-weight: 600; font-size: 14px; margin-bottom: 4px; }
#pq-chat .pq-none, #pq-chat .pq-error { border-left: 3px solid var(--pq-line); padding-left: 16px; }
#pq-chat .pq-error { border-color: var(--pq-accent); }
#pq-chat .pq-error .pq-head { color: var(--pq-accent); }
#pq-chat .pq-hint { color: var(--pq-soft); font-size: 15px; }
#pq-chat .pq-mark {
  color: var(--pq-accent); font-weight: 700; font-size: .68em; padding: 0 1px 0 3px;
  position: relative; top: -.45em; vertical-align: baseline; line-height: 0;
}
#pq-chat .pq-doubt { font-weight: 500; font-style: italic; color: var(--pq-soft); }

#pq-chat .pq-quotes { list-style: none; margin: 18px 0 0; padding: 0; }
#pq-chat .pq-quote {
  position: relative; margin: 0 0 14px; padding: 2px 0 2px 40px; border-left: 2px solid var(--pq-accent);
}
#pq-chat .pq-number {
  position: absolute; left: 16px; top: 5px; font-weight: 700; font-size: 13px; color: var(--pq-accent);
}
#pq-chat .pq-quote::marker { content: ""; }
#pq-chat .pq-quote blockquote {
  margin: 0 !important; padding: 0; border: 0; background: none; color: var(--pq-ink); font: 18px/1.5 var(--pq-serif);
}
#pq-chat .pq-quote blockquote::before { content: "“"; }
#pq-chat .pq-quote blockquote::after { content: "”"; }
#pq-chat .pq-credit { color: var(--pq-soft); font-size: 14px; line-height: 1.5; }
#pq-chat .pq-credit * { color: var(--pq-soft); }
#pq-chat .pq-code { font-size: 11.5px; letter-spacing: .06em; text-transform: uppercase; }
#pq-chat .pq-credit cite { font-style: normal; font-weight: 600; }

#pq-chat .pq-found { margin: 14px 0 0; border-top: 1px solid var(--pq-line); padding-top: 8px; }
#pq-chat .pq-found:first-child { margin: 0 0 14px; border-top: 0; padding-top: 0; }
#pq-chat .pq-found summary { cursor: pointer; color: var(--pq-soft); font-size: 14px; width: fit-content; }
#pq-chat .pq-found ul { list-style: none; margin: 8px 0 0; padding: 0; }
#pq-chat .pq-found li { margin: 0 0 10px; padding: 0 0 0 14px; border-left: 2px solid var(--pq-line); }
#pq-chat .pq-snippet { font: 15px/1.45 var(--pq-serif); color: var(--pq-ink); }

#pq-ask textarea { font-size: 16px; background: var(--pq-card); color: var(--pq-ink); }
#pq-send, #pq-stop { min-width: 96px; }
#pq-send { background: var(--pq-accent); color: var(--pq-card); border: 0; }
.pq-examples .label { color: var(--pq-soft); }
.pq-examples button { background: transparent; color: var(--pq-ink); border-color: var(--pq-line); }
:focus-visible { outline: 2px solid var(--pq-accent) !important; outline-offset: 2px; }
@media (max-width: 520px) {
  .gradio-container { padding: 0 !important; }
  .gradio-container main { padding: 12px !important; }
  #pq-chat .pq-answer { font-size: 16px; }
  #pq-chat .pq-quote blockquote { font-size: 17px; }
  #pq-chat .pq-quote { padding-left: 34px; }
}
"""
