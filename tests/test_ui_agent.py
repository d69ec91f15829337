"""What an agent can do, seen by the Model Context Protocol's own client, over a real pair of pipes."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from doors import ANSWER, MISSION, QUESTION, bot
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from ui import agent

ROOT = Path(__file__).parents[1]
SERVE = """
import sys
from ui import cli
from ui.doors import Doors
sys.path.insert(0, "tests")
from doors import bot
sys.exit(cli.main(["mcp"], Doors(chatbot=lambda settings, progress: bot(is_sample=True))))
"""


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    """What a tool gives back, as values."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result
    return result.structured_content


def test_an_agent_asks_searches_and_reads(tmp_path: Path) -> None:
    async def run() -> None:
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-c", SERVE],
            cwd=ROOT,
            env={"PULLQUOTE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        )
        async with Client(stdio_client(parameters)) as client:
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == ["ask", "search", "read_article"]
            assert all(tool.description for tool in tools)
            answer = await call(client, "ask", question=QUESTION)
            assert answer == json.loads(json.dumps(ANSWER.to_dict()))
            quote = answer["quotes"][0]
            article = await call(
                client,
                "read_article",
                article_id=quote["article_id"],
                start=quote["start"],
                length=quote["end"] - quote["start"],
            )
            assert article["text"] == quote["text"]
            assert article["title"] == MISSION.title
            found = await call(client, "search", question="mission", limit=1)
            assert [hit["article"]["id"] for hit in found["hits"]] == [MISSION.id]

    asyncio.run(run())


def test_an_error_is_a_sentence_with_a_hint() -> None:
    async def run() -> None:
        async with Client(agent.build(bot())) as client:
            for tool, arguments in (("ask", {"question": " "}), ("read_article", {"article_id": "none"})):
                result = await client.call_tool(tool, arguments)
                assert result.is_error
                text = getattr(result.content[0], "text", "")
                assert "The question is empty. Type a question." in text or "pullquote articles" in text

    asyncio.run(run())
