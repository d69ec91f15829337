"""Use the search alone: no language model is fetched or loaded."""

import rag

with rag.open_library() as library:
    for hit in library.search("Varför stänger Ryssland sitt kontor?", limit=3):
        passage = hit.passage
        assert hit.article.text[passage.start : passage.end] == passage.text
        print(hit.rank, round(hit.score, 3), hit.article.language, hit.article.name, passage.text[:60])
    newest = library.articles()[0]
    print(newest.published, newest.name, len(newest.text))
