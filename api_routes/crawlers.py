"""What crawlers may read: the shop, not the API nor anybody's account."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

router = APIRouter(include_in_schema=False)

WELCOME: Final = (
    "GPTBot",
    "ChatGPT-User",
    "OAI-SearchBot",
    "ClaudeBot",
    "Claude-Web",
    "anthropic-ai",
    "Google-Extended",
    "PerplexityBot",
    "Applebot-Extended",
    "CCBot",
    "Bytespider",
    "Amazonbot",
    "DiffBot",
    "Omgilibot",
    "FacebookBot",
    "Meta-ExternalAgent",
    "cohere-ai",
)
"""Allowed by name, because their operators look for it."""

# With a slash after it: /api alone would close /en/api-docs' neighbours as well.
RULES: Final = "Disallow: /api/\nDisallow: /admin\nDisallow: /*/account\nAllow: /\n"
AGENTS: Final = "\n".join(f"User-agent: {name}" for name in ("*", *WELCOME))


@router.get("/robots.txt")
async def robots() -> Response:
    """Everybody may read the same, and the robots of language models are named."""
    return PlainTextResponse(f"{AGENTS}\n{RULES}", headers={"Cache-Control": "max-age=3600"})
