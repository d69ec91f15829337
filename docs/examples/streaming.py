"""See what was found at once, then the words as they come, then the answer with its quotes; ask on."""

import rag

with rag.open() as bot:
    history: list[rag.Turn] = []
    for question in ("Why did NATO expel eight Russians?", "And what did Russia do then?"):
        for event in bot.stream(question, history):
            match event:
                case rag.Found(sources):
                    print("found", [source.article.name for source in sources])
                case rag.Token(text):
                    print(text, end="", flush=True)
                case rag.Done(answer):
                    print("\n=>", answer.text)
                    history.append(rag.Turn(question, answer.text))
