"""A page as it was built, and what is put into it when it is served.

What is put in is found once: a page that is asked for is joined out of pieces that are there, and
nobody searches a hundred kilobytes of text for each request.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

from jiema_app.i18n.tokens import in_language
from jiema_app.serving.page_boot import started_after_drawing
from jiema_app.serving.page_heads import Head, head_html
from jiema_app.serving.page_scripts import page_scripts
from jiema_app.serving.page_styles import STYLES_PLACE, with_place_for_styles
from jiema_app.serving.security_headers import content_security_policy
from jiema_app.serving.segments import Segment, lasting
from jiema_app.serving.static_files import StaticFile
from jiema_app.site.pages.languages import with_language_links
from jiema_app.site.pages.live_parts import LiveMaker
from jiema_app.site.pages.page import TEMPLATE_TITLE, Page
from jiema_app.site.pages.shared_pictures import PICTURE_PLACE

SEGMENT_MIN: Final = 2_048
"""Characters of text that are worth being compressed by themselves."""
END_OF_HEAD: Final = "</head>"
MANIFEST: Final = '<link rel="manifest" href="/{locale}/manifest.webmanifest">'
"""Each language has its own. Written here and not drawn by the page: React would look for the address
that was built, and add it beside the one of the language."""
SLOT: Final = re.compile(r"<!--slot:([a-z-]+)-->")


@dataclass(frozen=True, slots=True)
class Hole:
    """A place between two pieces of a page.

    Attributes:
        kind: ``title``, ``path``, ``picture``, ``head`` or ``slot``; or ``text``, a place where nothing is
            put in, too small to be a segment of its own.
        text: That text; of a slot, its name.
    """

    kind: str
    text: str = ""


@dataclass(slots=True)
class Built:
    """A page as it was built, and how to complete it."""

    page: Page
    locale: str
    title: str
    description: str
    packed: bytes
    """Its HTML without its styles, compressed: most pages in most languages are seldom
    asked for."""
    styles: str
    """Its style sheet. All pages hold the same string."""
    policy: bytes
    """Its Content-Security-Policy. Live parts hold no scripts, so it is the same for all."""
    make_live: LiveMaker | None
    _pieces: tuple[Segment | Hole, ...] | None = field(default=None, init=False)

    @property
    def is_of_many(self) -> bool:
        """Whether thousands of pages are made of it."""
        return self.page.is_template and not self.page.has_few and self.make_live is not None

    def completed(self, head: Head, slots: Mapping[str, str], more_head: str = "") -> list[Segment]:
        """The whole page, in pieces.

        Args:
            head: What stands in its head; title and path count for the whole page.
            slots: HTML by the name of its slot. Slots without any stay empty.
            more_head: More HTML for the end of its head.
        """
        put_in = {
            "title": escape(head.title),
            "path": f'/{escape(head.path)}"',
            "picture": escape(head.picture_url),
            "head": f"{head_html(head)}{more_head}",
        }
        whole: list[Segment] = []
        between: list[str] = []
        for piece in self._taken_apart():
            if isinstance(piece, Segment):
                if between:
                    whole.append(Segment("".join(between).encode()))
                    between = []
                whole.append(piece)
            elif piece.kind == "text":
                between.append(piece.text)
            elif piece.kind == "slot":
                between.append(slots.get(piece.text, f"<!--slot:{piece.text}-->"))
            else:
                between.append(put_in[piece.kind])
        if between:
            whole.append(Segment("".join(between).encode()))
        return whole

    def _taken_apart(self) -> tuple[Segment | Hole, ...]:
        if self._pieces is not None:
            return self._pieces
        html = zlib.decompress(self.packed).decode()
        pieces = tuple(_joined(_pieces_of(html, self.page, self.styles), self.is_of_many))
        if self.is_of_many:
            self._pieces = pieces
        return pieces


def built_page(
    page: Page,
    locale: str,
    locales: tuple[str, ...],
    files: Mapping[str, StaticFile],
    sheets: dict[str, str],
    make_live: LiveMaker | None,
) -> Built:
    """A page of a build, prepared for being served.

    Args:
        page: Which.
        locale: In which language.
        locales: All languages that are served.
        files: The build.
        sheets: The style sheets that are known already, by their text: it is one for all pages.
        make_live: Makes its live part, if it has one.
    """
    html = files[page.href_in(locale)].content.decode()
    html = with_language_links(html, page, locale, locales)
    modules = [f"/js/{name}.js" for name in ("shop", *page.scripts)]
    scripts = page_scripts(locale, *(f"{path}?v={files[path].version}" for path in modules))
    html, styles = with_place_for_styles(html, files)
    html = started_after_drawing(html)
    html = html.replace(END_OF_HEAD, MANIFEST.format(locale=locale) + scripts + END_OF_HEAD, 1)
    body = html.encode()
    return Built(
        page=page,
        locale=locale,
        title=in_language(page.title, locale),
        description=in_language(page.description, locale),
        packed=zlib.compress(body),
        styles=sheets.setdefault(styles, styles),
        policy=content_security_policy(body),
        make_live=make_live,
    )


def _pieces_of(html: str, page: Page, styles: str) -> Iterator[str | Hole]:
    """The page's text, and in its order the places where something is put in."""
    address = f'/{page.built_path}"'
    wanted = [TEMPLATE_TITLE, PICTURE_PLACE, STYLES_PLACE, END_OF_HEAD]
    if page.is_template:
        # Links to the same page in other languages, and to signing in and back.
        wanted.append(address)
    places = re.compile("|".join((*map(re.escape, wanted), SLOT.pattern)))
    seen: set[str] = set()
    end = 0
    for found in places.finditer(html):
        text = found[0]
        if text != address and text in seen:
            continue  # only the first is a place
        seen.add(text)
        yield html[end : found.start()]
        end = found.end()
        if text == END_OF_HEAD:
            yield Hole("head")
            yield text
        elif text == TEMPLATE_TITLE:
            yield Hole("title")
        elif text == PICTURE_PLACE:
            yield Hole("picture")
        elif text == STYLES_PLACE:
            yield styles
        elif text == address:
            yield Hole("path")
        else:
            yield Hole("slot", found[1])
    yield html[end:]


def _joined(pieces: Iterator[str | Hole], is_of_many: bool) -> Iterator[Segment | Hole]:  # noqa: FBT001
    """The same, with neighbouring texts in one; the large ones as they are sent."""
    text = ""
    for piece in (*pieces, Hole("text")):
        if isinstance(piece, str):
            text += piece
            continue
        if is_of_many and len(text) >= SEGMENT_MIN:
            yield lasting(text.encode())
        else:
            yield Hole("text", text)
        text = ""
        yield piece
