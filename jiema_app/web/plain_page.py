"""Pages without scripts and without anything to load: what is left when the rest fails."""

from html import escape

from jiema_app.locale_list import language_tag, text_direction
from jiema_app.theme import token_css

STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;"
    "box-sizing:border-box}main{max-width:28rem}"
    "b{color:var(--accent)}h1{font-size:2.2rem;line-height:1.1;margin:.6rem 0}"
    "p{color:var(--muted);line-height:1.6}a{display:inline-block;margin-top:12px;"
    "padding:14px 22px;border-radius:12px;background:var(--accent);color:var(--on-accent);"
    "font-weight:600;text-decoration:none}"
)


def plain_page(words: str, *, sign: str, title: str, text: str, link: str, href: str) -> bytes:
    """A page with a heading, a sentence and one way on.

    Args:
        words: The locale of the words.
        sign: Stands above the heading: a number, or nothing.
        title: The heading.
        text: What happened, and what to do.
        link: The way on,
        href: and where it leads. Empty: to this very address once more.
    """
    heading = escape(title)
    above = f"<b>{escape(sign)}</b>" if sign else ""
    return (
        f'<!doctype html><html lang="{language_tag(words)}" dir="{text_direction(words)}">'
        '<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{heading} · jiema.my</title>"
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml">'
        f"<style>{token_css()}{STYLE}</style></head>"
        f"<body><main>{above}<h1>{heading}</h1><p>{escape(text)}</p>"
        f'<a href="{escape(href)}">{escape(link)}</a></main></body></html>'
    ).encode()
