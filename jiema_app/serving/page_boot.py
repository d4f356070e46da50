"""Starting React after the page is drawn.

A built page holds everything it shows. Its 100 KB of scripts, asked for in its head, would
share the network with the page itself and hold up its first picture by a second on a
phone. So the server takes these requests out of the page and puts in a few lines that
make them as soon as the first picture stands.
"""

import json
import re
from html import escape
from typing import Final

PRELOAD: Final = re.compile(r'<link rel="modulepreload" href="(/assets/[^"]+)"/>')
STARTER: Final = re.compile(r'<script type="module" async="">(import .*?)</script>', re.DOTALL)

WAKE: Final = """<script>(()=>{const start=()=>{
const boot=document.querySelector("script[data-boot]");
for(const href of JSON.parse(boot.dataset.boot)){
const link=document.createElement("link");link.rel="modulepreload";link.href=href;
document.head.append(link)}
const script=document.createElement("script");script.type="module";
script.textContent=boot.textContent;document.head.append(script);script.remove()};
%s})()</script>"""
WHEN_DRAWN: Final = "document.hidden?start():requestAnimationFrame(()=>setTimeout(start))"
"""A hidden page draws nothing, so it need not wait. The policy knows the script that it
makes by its hash: it is the one that stands in the page."""


class PageChanged(RuntimeError):
    """A built page does not start as we know it: another version of React Router."""


def started_after_drawing(html: str, when: str = WHEN_DRAWN) -> str:
    """The page, asking for its scripts once it is drawn.

    Args:
        html: The page as it was built.
        when: What calls ``start``, in JavaScript.

    Raises:
        PageChanged: The page has no starter, or several.
    """
    starters = STARTER.findall(html)
    if len(starters) != 1:
        raise PageChanged(f"{len(starters)} module scripts start this page.")
    modules = escape(json.dumps(PRELOAD.findall(html), separators=(",", ":")))
    html = PRELOAD.sub("", html)
    # The element keeps its place and its words, for React expects both.
    html = STARTER.sub(
        lambda found: f'<script type="text/plain" data-boot="{modules}">{found[1]}</script>',
        html,
    )
    return html.replace("</body>", f"{WAKE % when}</body>", 1)
