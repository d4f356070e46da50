"""Pages without anything to load, and whole without scripts: what is left when the rest fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from jiema_app.i18n.locale_list import language_tag, text_direction
from jiema_app.serving.page_scripts import THEME
from jiema_app.site.design.theme import token_css

STYLE: Final = (
    "*{box-sizing:border-box}body{margin:0;min-height:100vh;min-height:100dvh;display:grid;"
    "grid-template:auto 1fr auto/minmax(0,1fr);line-height:1.6}"
    "header{display:flex;flex-wrap:wrap;align-items:center;gap:0 1.5rem;min-height:4rem;"
    "padding:.5rem max(1rem,50vw - 34rem);border-bottom:1px solid var(--line)}"
    "nav{display:flex;flex-wrap:wrap;flex:1;gap:0 1.25rem}nav a{display:inline-flex;"
    "align-items:center;min-height:44px;color:var(--muted);font-size:.95rem;"
    "text-decoration:none}nav a:hover{color:var(--ink)}nav .end{margin-inline-start:auto;"
    "color:var(--ink);font-weight:600}@media(max-width:40rem){nav{flex-basis:100%}nav .end{margin:0}}"
    ".brand{display:flex;gap:10px;align-items:center;font-weight:600;font-size:1.125rem;"
    "color:var(--ink);text-decoration:none;direction:ltr}.brand span span{color:var(--muted)}"
    "main{place-self:center;width:100%;max-width:32rem;padding:2rem 1rem 4rem}"
    "b{color:var(--accent)}h1{font-size:2.2rem;line-height:1.15;margin:.6rem 0;"
    "text-wrap:balance}p{color:var(--muted);text-wrap:pretty}"
    ".to{display:inline-block;margin-top:12px;padding:12px 22px;border-radius:12px;"
    "background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;"
    "text-decoration:none;border:0;cursor:pointer}"
    "form{display:flex;gap:8px;margin-top:20px}form .to{margin:0}"
    "input{flex:1;min-width:0;min-height:48px;padding:0 14px;border-radius:12px;font:inherit;"
    "border:1px solid var(--line-strong);background:var(--surface);color:var(--ink)}"
    "input::placeholder{color:var(--muted);opacity:1}"
    "form+.to{background:none;color:var(--accent);padding-inline:0}"
    "footer{padding:2.5rem max(1rem,50vw - 34rem) 1.5rem;border-top:1px solid var(--line);"
    "background:var(--sunken);font-size:.875rem}footer .cols{display:grid;gap:2rem 1.5rem;"
    "grid-template-columns:repeat(auto-fit,minmax(9rem,1fr))}footer p{margin:0;max-width:20rem}"
    "footer h2{margin:0;font-size:.875rem}footer nav{display:grid;gap:0;margin-top:.25rem}"
    "footer nav a{font-size:.875rem}footer details{margin-top:1.5rem}footer summary{padding:.7rem 0;"
    "font-weight:600;cursor:pointer}footer details nav{gap:0 1.5rem;"
    "grid-template-columns:repeat(auto-fill,minmax(9rem,1fr))}footer .end{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;"
    "margin-top:2rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--muted)}"
    "footer .end a{display:inline-flex;align-items:center;min-height:44px;color:inherit}"
    ".note{font-size:.9rem;margin-top:1.5rem;overflow-wrap:anywhere}"
)

BRAND: Final = (
    '<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">'
    '<path fill="var(--accent)" d="M6 3h20a4 4 0 0 1 4 4v13a4 4 0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 '
    '1-4-4V7a4 4 0 0 1 4-4Z"/><g fill="var(--on-accent)"><circle cx="9.5" cy="13.5" r="2.3"/>'
    '<circle cx="16" cy="13.5" r="2.3"/><circle cx="22.5" cy="13.5" r="2.3"/></g></svg>'
    "<span>jiema<span>.my</span></span>"
)
"""As components/brand.py draws it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the top of a page leads.

    Attributes:
        name: What it is called.
        href: Its address.
        look: A class, such as that of what only guests see.
    """

    name: str
    href: str
    look: str = ""

    @property
    def html(self) -> str:
        """The link."""
        look = f' class="{escape(self.look)}"' if self.look else ""
        return f'<a href="{escape(self.href)}"{look}>{escape(self.name)}</a>'


@dataclass(frozen=True, slots=True)
class Search:
    """A field that leads to the catalogue.

    Attributes:
        action: Address of the catalogue.
        label: Of the field.
        button: What sends it.
    """

    action: str
    label: str
    button: str

    @property
    def html(self) -> str:
        """The form."""
        label = escape(self.label)
        return (
            f'<form action="{escape(self.action)}" role="search">'
            f'<input type="search" id="search" name="q" maxlength="64" aria-label="{label}" '
            f'placeholder="{label}"><button class="to">{escape(self.button)}</button></form>'
        )


def plain_page(
    words: str,
    *,
    sign: str,
    title: str,
    text: str,
    link: str,
    href: str,
    home: str = "",
    places: Sequence[Place] = (),
    search: Search | None = None,
    footer: str = "",
    note: str = "",
    scripts: str = THEME,
) -> bytes:
    """A page with a heading, a sentence and one way on.

    Args:
        words: The locale of the words.
        sign: Stands above the heading: a number, or nothing.
        title: The heading.
        text: What happened, and what to do.
        link: The way on,
        href: and where it leads. Empty: to this very address once more.
        home: Where the name at the top leads; empty where there is nothing to reach.
        places: Where else the top leads; the last stands at its end.
        search: Another way on.
        footer: HTML below all of it.
        note: Something small at the end.
        scripts: Of the head; the page is whole without them. The one that each has takes over the
            colours that its visitor chose.
    """
    heading = escape(title)
    above = f"<b>{escape(sign)}</b>" if sign else ""
    brand = (
        f'<a class="brand" href="{escape(home)}" aria-label="jiema.my">{BRAND}</a>'
        if home
        else f'<span class="brand">{BRAND}</span>'
    )
    ways = "".join(place.html for place in places)
    nav = f"<nav>{ways}</nav>" if ways else ""
    below = f'<p class="note">{escape(note)}</p>' if note else ""
    return (
        f'<!doctype html><html lang="{language_tag(words)}" dir="{text_direction(words)}">'
        '<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{heading} · jiema.my</title>"
        '<link rel="icon" href="/favicon.svg" type="image/svg+xml">'
        f"<style>{token_css()}{STYLE}</style>{scripts}</head>"
        f"<body><header>{brand}{nav}</header>"
        f"<main>{above}<h1>{heading}</h1><p>{escape(text)}</p>"
        f"{search.html if search else ''}"
        f'<a class="to" href="{escape(href)}">{escape(link)}</a>{below}</main>{footer}</body></html>'
    ).encode()
