"""What crawlers may read: the shop, not the API nor anybody's account."""

from typing import Final

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


def robots_txt(origin: str) -> str:
    """Everybody may read the same, and the robots of language models are named."""
    return f"{AGENTS}\n{RULES}\nSitemap: {origin}/sitemap.xml\n"
