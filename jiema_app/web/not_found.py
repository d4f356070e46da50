"""The page for an address that does not exist, one per language, without scripts."""

from html import escape

from jiema_app.locale_list import language_tag, text_direction
from jiema_app.theme import token_css
from jiema_app.translation import is_translated, t

STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;"
    "box-sizing:border-box}main{max-width:28rem}"
    "b{color:var(--accent)}h1{font-size:2.2rem;line-height:1.1;margin:.6rem 0}"
    "p{color:var(--muted);line-height:1.6}a{display:inline-block;margin-top:12px;"
    "padding:14px 22px;border-radius:12px;background:var(--accent);color:var(--on-accent);"
    "font-weight:600;text-decoration:none}"
)


def not_found_html(locale: str) -> bytes:
    """The whole page in the language of ``locale``."""
    words = locale if is_translated(locale) else "en"
    title = escape(t(words, "This page does not exist"))
    text = escape(t(words, "The address may be mistyped, or the page has moved."))
    link = escape(t(words, "To the home page"))
    return (
        f'<!doctype html><html lang="{language_tag(words)}" dir="{text_direction(words)}">'
        '<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{title} · jiema.my</title>"
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml">'
        f"<style>{token_css()}{STYLE}</style></head>"
        f"<body><main><b>404</b><h1>{title}</h1><p>{text}</p>"
        f'<a href="/{locale}">{link}</a></main></body></html>'
    ).encode()
