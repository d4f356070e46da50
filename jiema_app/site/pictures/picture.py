"""What a picture shows, and how it looks: an SVG document, 1200 by 630.

On one side the words, on the other a card with a drawing and what a buyer gets; mirrored for
languages that are written from right to left.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from jiema_app.i18n.locale_list import RIGHT_TO_LEFT
from jiema_app.site.design.theme import COLOURS
from jiema_app.site.pages.shared_pictures import SIZE
from jiema_app.site.pictures.colours import lettered_colours
from jiema_app.site.pictures.fonts import FAMILIES, stretches, width
from jiema_app.site.pictures.lines import SIZES, Block, plain, set_text

NAMESPACE: Final = "http://www.w3.org/2000/svg"

BRAND: Final = "jiema.my"
BRAND_MARK: Final = (
    '<path d="M6 3h20a4 4 0 0 1 4 4v13a4 4 0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4Z" '
    'fill="{ground}"/><g fill="{dots}"><circle cx="9.5" cy="13.5" r="2.3"/>'
    '<circle cx="16" cy="13.5" r="2.3"/><circle cx="22.5" cy="13.5" r="2.3"/></g>'
)
"""As in assets/favicon.svg."""

MARGIN: Final = 76
COLUMN: Final = 650
"""Width of the words."""
HEADING_ROOM: Final = (180, 478)
"""From its top to its foot."""
LABEL_GAP: Final = 18

CARD: Final = (800, 166, 324, 362)
"""Left, top, width and height, as it stands in pictures that are read from the left."""
ART: Final = (240, 180)
FLAG: Final = (240, 180)
TILE: Final = 180
CODE_HEIGHT: Final = 74
SHADOW: Final = (
    '<filter id="s" x="-20%" y="-20%" width="140%" height="140%">'
    '<feGaussianBlur stdDeviation="14"/></filter>'
)
PAD: Final = 42

RIGHT_TO_LEFT_ISOLATE: Final = "\u2067"
POP_DIRECTIONAL_ISOLATE: Final = "\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is drawn.

    Attributes:
        locale: The language of the words.
        heading: The page's.
        promise: What holds for every number.
        label: Stands above the heading; may be empty.
        code: Stands in the card: an example of what arrives, or how numbers begin. Empty: lines
            of writing.
        art: Address of the drawing in the card, a square, or of a flag; without, see letters.
        letters: Stand for a service without a drawing. Without either, our own mark.
        hue: Of the letters' ground.
    """

    locale: str
    heading: str
    promise: str
    label: str = ""
    code: str = "482 913"
    art: str | None = None
    is_flag: bool = False
    letters: str = ""
    hue: int = 0

    @property
    def alt(self) -> str:
        """In words."""
        said = plain(self.heading).replace("\n", " ")
        return f"{said} · {plain(self.promise)} · {BRAND}"

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is written in it."""
        return (self.heading, self.promise, self.label, self.code, self.letters, BRAND, "…")


def svg_of(picture: Picture, drawing: bytes | None) -> str:
    """The picture as a document.

    Args:
        picture: What it shows.
        drawing: The file at ``picture.art``.
    """
    mirrored = picture.locale in RIGHT_TO_LEFT
    wide, high = SIZE
    return "".join(
        (
            f'<svg xmlns="{NAMESPACE}" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">',
            _rect((0, 0, wide, high), _colour("paper")),
            *_ground(mirrored=mirrored),
            *_card(picture, drawing, mirrored=mirrored),
            *_words(picture, mirrored=mirrored),
            "</svg>",
        )
    )


def _words(picture: Picture, *, mirrored: bool) -> Iterable[str]:
    locale = picture.locale
    start = SIZE[0] - MARGIN if mirrored else MARGIN
    mark = start - 64 if mirrored else start
    yield f'<svg x="{mark - 4}" y="66" width="68" height="68" viewBox="0 0 32 32">'
    yield BRAND_MARK.format(ground=_colour("accent"), dots=_colour("on-accent")) + "</svg>"
    beside = start - 84 if mirrored else start + 84
    yield _text(BRAND, "en", (beside, 111), 42, _colour("ink"), mirrored=mirrored)

    top, foot = HEADING_ROOM
    label_height = 34 + LABEL_GAP if picture.label else 0
    block = set_text(picture.heading, locale, room=(COLUMN, foot - top - label_height), sizes=SIZES)
    y = top + (foot - top - block.height - label_height) / 2
    if picture.label:
        yield _text(
            picture.label, locale, (start, y + 28), 32, _colour("accent"), mirrored=mirrored
        )
        y += label_height
    yield from _lines(block, locale, (start, y), _colour("ink"), mirrored=mirrored)

    promise = set_text(picture.promise, locale, room=(COLUMN - 60, 60), sizes=(32, 28, 24, 21))
    tick = start - 20 if mirrored else start + 20
    yield f'<circle cx="{tick}" cy="540" r="20" fill="{_colour("accent")}"/>'
    yield (
        f'<path d="M{tick - 9} 541l6 6 12-13" fill="none" stroke="{_colour("on-accent")}" '
        'stroke-width="4.5" stroke-linecap="round" stroke-linejoin="round"/>'
    )
    beside = start - 58 if mirrored else start + 58
    at = (beside, 540 - promise.height / 2)
    yield from _lines(promise, locale, at, _colour("muted"), mirrored=mirrored)


def _lines(
    block: Block, locale: str, at: tuple[float, float], colour: str, *, mirrored: bool
) -> Iterable[str]:
    step = block.size * block.leading
    for number, line in enumerate(block.lines):
        # Letters stand on a line a third of their size above its foot's middle.
        y = at[1] + step * number + step / 2 + block.size * 0.35
        yield _text(line, locale, (at[0], y), block.size, colour, mirrored=mirrored)


def _ground(*, mirrored: bool) -> Iterable[str]:
    x, y, wide = 884, 84, 400
    path = f"M{x} {SIZE[1]}V{y + 76}a76 76 0 0 1 76-76h{wide}v{SIZE[1]}z"
    turn = f' transform="matrix(-1 0 0 1 {SIZE[0]} 0)"' if mirrored else ""
    yield f'<path d="{path}" fill="{_colour("highlight")}"{turn}/>'


def _card(picture: Picture, drawing: bytes | None, *, mirrored: bool) -> Iterable[str]:
    x, y, wide, high = CARD
    if mirrored:
        x = SIZE[0] - x - wide
    yield SHADOW
    shadow = (x + 4, y + 16, wide - 8, high)
    yield _rect(shadow, _colour("ink"), 40, ' opacity=".2" filter="url(#s)"')
    yield _rect((x, y, wide, high), _colour("surface"), 40)
    art_x, art_y = x + (wide - ART[0]) / 2, y + PAD
    yield from _art(picture, drawing, (art_x, art_y))
    code_y = y + high - PAD - CODE_HEIGHT + 8
    yield _rect((art_x, code_y, ART[0], CODE_HEIGHT), _colour("tint"), 20)
    size = 44
    if not picture.code:
        yield from _written((art_x, code_y), mirrored=mirrored)
        return
    # Neither direction nor language changes how a code is written.
    yield _text(
        picture.code,
        "en",
        (x + wide / 2, code_y + CODE_HEIGHT / 2 + size * 0.36),
        size,
        _colour("accent-strong"),
        anchor="middle",
        more=' letter-spacing="3"',
    )


def _written(at: tuple[float, float], *, mirrored: bool) -> Iterable[str]:
    """Lines of a text that is too small to be read."""
    for number, wide in enumerate((ART[0] - 48, ART[0] - 112)):
        x = at[0] + (ART[0] - 24 - wide if mirrored else 24)
        yield _rect((x, at[1] + 20 + 22 * number, wide, 12), _colour("accent"), 6, ' opacity=".45"')


def _art(picture: Picture, drawing: bytes | None, at: tuple[float, float]) -> Iterable[str]:
    x, y = at
    if drawing is not None and picture.is_flag:
        yield from _clipped(drawing, (x, y, *FLAG), 16)
        return
    tile = (x + (ART[0] - TILE) / 2, y, TILE, TILE)
    if drawing is not None:
        yield from _clipped(drawing, tile, 48)
        return
    if picture.letters:
        ground, ink = lettered_colours(picture.hue)
        yield _rect(tile, ground, 48)
        size = min(84, TILE * 800 // max(1, width(picture.letters)))
        middle = (x + ART[0] / 2, y + TILE / 2 + size * 0.36)
        yield _text(picture.letters, picture.locale, middle, size, ink, anchor="middle")
        return
    yield _rect(tile, _colour("accent"), 48)
    yield f'<svg x="{tile[0] + 36}" y="{y + 38}" width="108" height="108" viewBox="0 0 32 32">'
    yield BRAND_MARK.format(ground=_colour("on-accent"), dots=_colour("accent")) + "</svg>"


def _clipped(
    drawing: bytes, place: tuple[float, float, float, float], radius: int
) -> Iterable[str]:
    """A drawing with round corners and a fine edge, without which white ones would have none."""
    x, y, wide, high = place
    data = base64.b64encode(drawing).decode()
    yield f'<clipPath id="c">{_rect(place, "#000", radius)}</clipPath>'
    yield (
        f'<image x="{x}" y="{y}" width="{wide}" height="{high}" clip-path="url(#c)" '
        f'preserveAspectRatio="xMidYMid slice" href="data:image/svg+xml;base64,{data}"/>'
    )
    inside = (x + 1, y + 1, wide - 2, high - 2)
    yield _rect(
        inside,
        "none",
        radius - 1,
        f' stroke="{_colour("ink")}" stroke-opacity=".13" stroke-width="2"',
    )


def _text(
    text: str,
    locale: str,
    at: tuple[float, float],
    size: int,
    colour: str,
    *,
    mirrored: bool = False,
    anchor: str = "",
    more: str = "",
) -> str:
    if mirrored and locale in RIGHT_TO_LEFT:
        # The drawing program takes every text for one that begins on the left.
        text = f"{RIGHT_TO_LEFT_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"
    spans = "".join(
        f'<tspan font-family="{FAMILIES[font]}">{escape(part)}</tspan>'
        for font, part in stretches(text, locale)
    )
    anchor = anchor or ("end" if mirrored else "start")
    return (
        f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size}" font-weight="600" '
        f'text-anchor="{anchor}" xml:space="preserve" fill="{colour}"{more}>{spans}</text>'
    )


def _rect(
    place: tuple[float, float, float, float], colour: str, radius: int = 0, more: str = ""
) -> str:
    x, y, wide, high = place
    return (
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="{radius}" '
        f'fill="{colour}"{more}/>'
    )


def _colour(name: str) -> str:
    return COLOURS[name][0]
