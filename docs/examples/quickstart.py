"""Ask, and look at the quotes: each is an exact span of its article."""

import rag

with rag.open() as bot:
    answer = bot.ask("what did Russia close on November 1?")

print(answer.status, answer.text)
for citation in answer.citations:
    print(citation.verdict, citation.sentence, [quote.number for quote in citation.quotes])
for quote in answer.quotes:
    article = quote.article
    assert article.text[quote.start : quote.end] == quote.text
    print(f"[{quote.number}] {article.name}, {article.published}: {quote.text!r}")
