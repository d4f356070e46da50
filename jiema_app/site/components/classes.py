"""Class strings that Reflex components and templates share.

One look has one string. Colours are tokens of ``theme.py``; sides are logical, so that a
page mirrors itself for languages written from right to left.
"""

from typing import Final, Literal

CONTENT: Final = "mx-auto w-full max-w-6xl px-4 sm:px-6 lg:px-8"
"""The width of a page's content."""
NARROW: Final = "mx-auto w-full max-w-3xl px-4 sm:px-6"
"""For forms and for one thing at a time."""
FIRST_SCREEN: Final = "min-h-[max(46rem,calc(100svh-4rem))]"
"""As tall as the screen below the header: the footer does not jump into sight where something
short takes the place of its skeleton."""

Tone = Literal["primary", "secondary", "quiet", "danger"]
Size = Literal["small", "normal", "large"]

# What is lower than 44 px is so for a mouse alone: a finger needs as much.
_BUTTON: Final = (
    "inline-flex items-center justify-center gap-2 rounded-xl font-semibold select-none "
    "whitespace-nowrap cursor-pointer transition-colors disabled:cursor-not-allowed "
    "disabled:opacity-55 aria-busy:cursor-progress "
)
_TONES: Final[dict[Tone, str]] = {
    "primary": "bg-accent text-on-accent hover:bg-accent-strong",
    "secondary": "border border-line bg-surface text-ink hover:border-accent hover:text-accent",
    "quiet": "text-muted hover:bg-sunken hover:text-ink",
    "danger": "border border-line bg-surface text-danger hover:border-danger hover:bg-danger-tint",
}
_SIZES: Final[dict[Size, str]] = {
    "small": "min-h-9 px-3 text-sm pointer-coarse:min-h-11 pointer-coarse:min-w-11",
    "normal": "min-h-11 px-4.5 text-[0.95rem]",
    "large": "min-h-13 px-6 text-base",
}


def button(tone: Tone = "primary", size: Size = "normal") -> str:
    """Something to press: a button, or a link that looks like one."""
    return f"{_BUTTON}{_TONES[tone]} {_SIZES[size]}"


ICON_BUTTON: Final = (
    "inline-grid size-11 shrink-0 cursor-pointer place-items-center rounded-xl text-muted "
    "hover:bg-sunken hover:text-ink"
)
"""A square with a drawing in it. Give it a label for screen readers."""

CARD: Final = "rounded-2xl border border-line bg-surface"
"""A thing on a page. Add the padding that its content wants."""
CARD_LINK: Final = (
    f"{CARD} transition-[border-color,box-shadow] hover:border-accent hover:shadow-md "
    "hover:shadow-black/5"
)
"""A card that leads somewhere."""

FIELD: Final = (
    "w-full min-h-11 rounded-xl border border-line-strong bg-surface px-3.5 text-base text-ink "
    "text-ellipsis placeholder:text-muted aria-invalid:border-danger"
)
"""An input, a select or a text area. Never smaller than 16 px, or phones zoom in."""
LABEL: Final = "mb-1.5 block text-sm font-medium"
HINT: Final = "mt-1.5 text-sm text-muted"
FIELD_ERROR: Final = "mt-1.5 text-sm text-danger"

CHIP: Final = (
    "inline-flex min-h-9 pointer-coarse:min-h-11 cursor-pointer items-center gap-1.5 rounded-full border border-line "
    "bg-surface px-3.5 text-sm font-medium whitespace-nowrap text-muted hover:border-accent "
    "hover:text-ink aria-pressed:border-accent aria-pressed:bg-tint aria-pressed:text-ink "
    "aria-[current]:border-accent aria-[current]:bg-tint aria-[current]:text-ink"
)
"""A filter to switch on and off."""

Mood = Literal["neutral", "good", "waiting", "bad"]

_MOODS: Final[dict[Mood, str]] = {
    "neutral": "bg-sunken text-muted",
    "good": "bg-tint text-accent",
    "waiting": "bg-warning-tint text-warning",
    "bad": "bg-danger-tint text-danger",
}


def badge(mood: Mood = "neutral") -> str:
    """A word about the state of a thing."""
    return (
        "inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-semibold "
        f"whitespace-nowrap {_MOODS[mood]}"
    )


def notice(mood: Mood = "neutral") -> str:
    """A message inside a page."""
    return f"rounded-xl px-4 py-3 text-sm leading-relaxed {_MOODS[mood]}"


PAGE_TITLE: Final = "text-3xl font-bold tracking-tight text-balance sm:text-4xl"
SECTION_TITLE: Final = "text-xl font-semibold tracking-tight sm:text-2xl"
LEAD: Final = "mt-3 max-w-2xl leading-relaxed text-pretty text-muted sm:text-lg"
TEXT_LINK: Final = "font-medium text-accent underline-offset-4 hover:underline"
LONE_LINK: Final = (
    f"{TEXT_LINK} pointer-coarse:-my-3 pointer-coarse:inline-block pointer-coarse:min-w-11 "
    "pointer-coarse:py-3"
)
"""One that does not stand in a sentence: a finger finds it, and its line stays as high."""
SKELETON: Final = "animate-pulse rounded-lg bg-sunken"
EYEBROW: Final = "text-sm font-semibold text-accent"

TABLE: Final = "w-full border-collapse text-sm"
TABLE_HEAD: Final = "border-b border-line px-3 py-2.5 text-start text-xs font-semibold text-muted"
TABLE_CELL: Final = "border-b border-line px-3 py-3 align-middle"
NUMBER: Final = "tabular-nums"
"""For figures that stand below each other."""

PROSE: Final = (
    "leading-relaxed break-words [&>*+*]:mt-4 [&_h2]:mt-10 [&_h2]:scroll-mt-20 [&_h2]:text-xl "
    "[&_h2]:font-semibold [&_h2]:tracking-tight sm:[&_h2]:text-2xl [&_h3]:mt-7 "
    "[&_h3]:scroll-mt-20 [&_h3]:text-lg [&_h3]:font-semibold [&_ul]:list-disc [&_ul]:ps-6 "
    "[&_ol]:list-decimal [&_ol]:ps-6 [&_li]:mt-1.5 [&_li]:ps-1 [&_li>ul]:mt-1.5 "
    "[&_a]:font-medium [&_a]:text-accent [&_a]:underline [&_a]:underline-offset-4 "
    "[&_a]:decoration-accent/40 hover:[&_a]:decoration-accent [&_a]:[overflow-wrap:anywhere] "
    "[&_code]:rounded [&_code]:bg-sunken [&_code]:px-0.5 [&_code]:py-0.5 [&_code]:text-[0.9em] "
    "[&_pre]:overflow-x-auto [&_pre]:rounded-xl [&_pre]:bg-terminal [&_pre]:p-4 [&_pre]:text-sm "
    "[&_pre]:text-on-terminal [&_pre_code]:bg-transparent [&_pre_code]:p-0 "
    "[&_table]:w-full [&_table]:border-collapse [&_table]:text-sm [&_th]:border-b "
    "[&_th]:border-line [&_th]:px-3 [&_th]:py-2.5 [&_th]:text-start [&_th]:font-semibold "
    "[&_td]:border-b [&_td]:border-line [&_td]:px-3 [&_td]:py-2.5 [&_td]:align-top "
    "[&_blockquote]:border-s-4 [&_blockquote]:border-line [&_blockquote]:ps-4 "
    "[&_blockquote]:text-muted"
)
"""The elements that come out of Markdown."""
