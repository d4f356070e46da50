"""The style sheet inside the page: nothing is drawn before it, so it comes along.

On a phone's network asking for it costs more than its 9 KB.
"""

import re
from collections.abc import Mapping
from typing import Final

from jiema_app.serving.static_files import StaticFile

SHEET: Final = re.compile(r'<link href="(/assets/[^"]+\.css)" rel="stylesheet" type="text/css"/>')
PRELOAD: Final = re.compile(r'<link as="style" href="/assets/[^"]+\.css" rel="preload"/>')


STYLES_PLACE: Final = "<!--styles-->"


def with_place_for_styles(html: str, files: Mapping[str, StaticFile]) -> tuple[str, str]:
    """The page with a place for its style sheet at the end of its head, and what belongs there.

    Two values, for all pages share one sheet, and each is kept without it.

    The links stay, for React expects them, but block nothing: they are for print only,
    and what they bring stands in the page already. Ours stands behind React's own styles, or
    React would take it for one of them.
    """
    found = SHEET.search(html)
    if found is None or found[1] not in files:
        return html, ""
    styles = files[found[1]].content.decode()
    assert "</" not in styles, "it would end its element"
    html = PRELOAD.sub(
        lambda found: found[0].replace("<link ", '<link media="print" '), html, count=1
    )
    html = html.replace(found[0], found[0].replace(" rel=", ' media="print" rel='), 1)
    return html.replace("</head>", f"{STYLES_PLACE}</head>", 1), f"<style>{styles}</style>"
