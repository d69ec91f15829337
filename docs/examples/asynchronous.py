"""Ask from an asyncio program: several questions at once, a stream, a search."""

import asyncio

import rag


async def main() -> None:
    """Ask two questions together, then follow a third."""
    async with await rag.open_async() as bot:
        first, second = await asyncio.gather(
            bot.ask("What did Russia close on November 1?"), bot.ask("Why did NATO expel eight Russians?")
        )
        print(first.text, second.text, sep="\n")
        async for event in bot.stream("Vad stänger Ryssland?"):
            if isinstance(event, rag.Token):
                print(event.text, end="", flush=True)
        hits = await bot.search("NATO", limit=2)
        print("\n", [hit.article.name for hit in hits])


asyncio.run(main())
