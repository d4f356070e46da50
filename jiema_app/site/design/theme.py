"""Design tokens: every colour, radius and font of the product, by its meaning.

Components name a token (``bg-paper``, ``text-ink``, ``border-line``) and never a
colour. Each colour has a light and a dark value; the browser's preference decides,
without JavaScript.
"""

from pathlib import Path
from typing import Final

from reflex_base.plugins.shared_tailwind import TailwindConfig

ROOT: Final = Path(__file__).resolve().parents[3]

COLOURS: Final = {
    # Each name has its light value, then its dark one.
    "paper": ("#f8f7f2", "#0d1211"),
    "surface": ("#ffffff", "#151c1a"),
    "sunken": ("#efede5", "#0a0e0d"),
    "line": ("#dcd9cd", "#2a3431"),
    "ink": ("#14201c", "#eef3f0"),
    "muted": ("#51605a", "#9fb0a9"),
    "line-strong": ("#8b8f84", "#6b7a75"),
    "accent": ("#0a6b50", "#52d6a8"),
    "accent-strong": ("#085540", "#7be3bf"),
    "warning": ("#7a4b00", "#f2c14e"),
    "warning-tint": ("#fdf0cf", "#33290f"),
    "danger": ("#a62222", "#ff9c92"),
    "danger-tint": ("#fce4e1", "#3a1a18"),
    "on-accent": ("#ffffff", "#052018"),
    "tint": ("#ddefe7", "#12302a"),
    "highlight": ("#ffd974", "#e5b94f"),
    "glow": ("#ffd974", "#5a4a1c"),
    "on-highlight": ("#2b2004", "#2b2004"),
    # Code is dark in both: it is the terminal that the reader will paste into.
    "terminal": ("#0f1a17", "#080c0b"),
    "on-terminal": ("#dfe9e4", "#dfe9e4"),
    "terminal-muted": ("#8aa39a", "#8aa39a"),
    "terminal-accent": ("#6fe0b8", "#6fe0b8"),
}

FONT_SANS: Final = (
    "ui-sans-serif, system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, Helvetica Neue, "
    "Arial, Noto Sans Arabic, var(--han), sans-serif"
)
HAN_FONTS: Final = {
    ":root": "Noto Sans CJK SC, PingFang SC, Microsoft YaHei",
    ":lang(ja)": "Hiragino Sans, Yu Gothic, Noto Sans CJK JP, Meiryo",
    ":lang(ko)": "Apple SD Gothic Neo, Malgun Gothic, Noto Sans CJK KR",
}
"""The same characters have other shapes in each of these languages: a font of the wrong one reads
as misprinted."""
FONT_MONO: Final = (
    "ui-monospace, SFMono-Regular, Menlo, Consolas, Liberation Mono, Noto Sans Mono, monospace"
)


def _declarations(scheme: int) -> str:
    return "".join(f"--{name}:{values[scheme]};" for name, values in COLOURS.items())


def token_css() -> str:
    """The tokens as custom properties, and the few rules that hold for whole pages.

    It must contain no quote and no angle bracket: React escapes them inside <style>,
    where browsers do not read escapes.
    """
    css = (
        f":root{{color-scheme:light;{_declarations(0)}}}"
        # Reflex puts the class on <html> before anything is drawn; without JavaScript
        # there is no class, and the browser's preference decides.
        f"@media (prefers-color-scheme:dark){{:root:not(.light){{color-scheme:dark;{_declarations(1)}}}}}"
        f":root.dark{{color-scheme:dark;{_declarations(1)}}}"
        + "".join(f"{where}{{--han:{fonts}}}" for where, fonts in HAN_FONTS.items())
        +
        # Before anybody's name is known, the hint of a cookie says whether to expect one.
        "html:not([data-visitor=member]) .member-only,html[data-visitor=member] .guest-only"
        "{display:none!important}"
        "@view-transition{navigation:auto}"
        f"html{{background:var(--paper);color:var(--ink);font-family:{FONT_SANS};"
        "-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:5rem}"
        f"code,pre{{font-family:{FONT_MONO}}}"
        # Korean breaks between words, Japanese between phrases where a browser knows them.
        ":lang(ko){word-break:keep-all}:lang(ja){word-break:auto-phrase}"
        # In a layer, so that a utility may draw the ring inwards where it would be cut off,
        # and things keep their own corners.
        "@layer base{:focus-visible{outline:3px solid var(--accent);outline-offset:3px;"
        "border-radius:4px}}"
        # Tiles of services and flags: the same in components and in templates. A tile is
        # light in both schemes, for marks are drawn for a light ground.
        ".tile,.flag{flex:none;outline:1px solid color-mix(in srgb,var(--ink) 12%,transparent);"
        "outline-offset:-1px}.tile{border-radius:27%}.flag{border-radius:3px}"
        ".lettered{display:inline-grid;place-items:center;width:var(--tile);height:var(--tile);"
        "background:oklch(.93 .06 var(--hue));color:oklch(.4 .11 var(--hue));"
        "font-size:calc(var(--tile)*.4);font-weight:650;line-height:1}"
        "::selection{background:var(--highlight);color:var(--on-highlight)}"
        "@media (prefers-reduced-motion:reduce){*{animation:none!important;"
        "transition:none!important;scroll-behavior:auto!important}}"
    )
    assert not set(css) & set("\"'<>&"), "React would escape it"
    return css


TAILWIND_CONFIG: Final[TailwindConfig] = {
    # Classes stand in built pages, and in what the server writes into them.
    "content": [
        "./app/**/*.{js,jsx}",
        "./utils/**/*.{js,jsx}",
        f"{ROOT}/jiema_app/site/**/*.jinja",
        f"{ROOT}/jiema_app/site/components/*.py",
        f"{ROOT}/jiema_app/site/**/page.js",
        f"{ROOT}/assets/js/*.js",
    ],
    "theme": {
        "extend": {
            "colors": {name: f"var(--{name})" for name in COLOURS},
            "fontFamily": {"sans": [FONT_SANS], "mono": [FONT_MONO]},
        }
    },
}
"""What Tailwind adds to its own scale: the tokens as colours."""
