"""The scripts that the server puts into every page, besides those that Reflex built."""

import json
from typing import Final

from jiema_app.i18n.translation import t

HINT: Final = (
    "<script>{let r=document.documentElement.dataset;"
    '/(?:^|; )signed_in=1/.test(document.cookie)&&(r.visitor="member");'
    '/[?&]for=./.test(location.search)&&(r.wish="")}</script>'
)
"""Draws the page for a member or a guest before anything is fetched. It decides nothing:
the cookie says only what to expect. Likewise the address of somebody who comes to top up for
something: the page does not propose an amount that the next moment changes."""

THEME: Final = (
    '<script>try{let t=localStorage.getItem("theme");'
    '(t=="dark"||t=="light")&&document.documentElement.classList.add(t)}catch{}</script>'
)
"""Draws a page that nothing of Reflex is on in the colours that its reader has chosen."""

_RULES: Final = json.dumps(
    {
        "prefetch": [
            {
                "where": {
                    "and": [
                        {"href_matches": "/*"},
                        {"not": {"href_matches": "/api/*"}},
                        {"not": {"href_matches": "/r/*"}},
                    ]
                },
                "eagerness": "moderate",
            }
        ]
    },
    separators=(",", ":"),
)
PREFETCH: Final = f'<script type="speculationrules">{_RULES}</script>'
"""Pages are fetched when a pointer rests on their link. Reading one changes nothing."""


def page_scripts(locale: str, *modules: str, is_page: bool = True) -> str:
    """The scripts for pages of one locale.

    Args:
        locale: That of the page.
        *modules: Addresses of the page's own scripts, with their versions.
        is_page: Whether it is one of those that links lead to, and a cookie says for whom.
    """
    words = {
        "copied": t(locale, "Copied"),
        "failed": t(locale, "That didn't work. Try again."),
        "offline": t(locale, "Couldn't connect. Try again."),
        # What site/components/failing_softly.py says.
        "broken": t(locale, "Something went wrong on our side"),
        "again": t(locale, "Try again"),
        # What assets/js/suggest.js and palette.js say.
        "search": t(locale, "Search"),
        "searchAll": t(locale, "Search services and countries"),
        "searchKeys": t(locale, "Arrow keys to choose, Enter to open, Esc to close"),
        "popular": t(locale, "Most popular"),
        "loading": t(locale, "Loading…"),
        "nothing": t(locale, "Nothing found"),
        "results": t(locale, "Results: {n}", n="%"),
        "browse": t(locale, "Browse services"),
        "close": t(locale, "Close"),
    }
    data = json.dumps(words, ensure_ascii=False).replace("</", "<\\/")
    hints = f"{HINT}{PREFETCH}" if is_page else ""
    return f'{hints}<script type="application/json" id="words">{data}</script>' + "".join(
        f'<script type="module" src="{module}"></script>' for module in modules
    )
