"""Make a library of your own, add articles from memory, change one, ask, take it out again.

This writes into your library; to try it elsewhere, set PULLQUOTE_HOME to an empty folder.
"""

from datetime import date

import rag

bridge = rag.make_article(
    "The bridge over the fjord opens in May. It cost forty million kroner.",
    id="news/bridge",
    title="The new bridge",
    published=date(2024, 4, 2),
    source=rag.Origin(outlet="Fjordposten", url="https://fjordposten.example/bridge"),
)
ferry = rag.make_article("The ferry across the fjord stops in June.", id="news/ferry")

with rag.open(create=True) as bot:
    report = bot.library.ingest_articles([bridge, ferry])
    print("added", report.added)
    changed = rag.make_article("The ferry across the fjord stops in July.", id="news/ferry")
    print("updated", bot.library.ingest_articles([changed]).updated)
    print(bot.ask("What did the bridge cost?").to_markdown())
    bot.library.remove("news/ferry")
    assert [article.id for article in bot.library.articles()] == ["news/bridge"]
