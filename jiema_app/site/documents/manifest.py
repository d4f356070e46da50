"""What a phone is told when it puts the shop on its home screen, in the language of the page."""

import json
from pathlib import Path
from typing import Final

from jiema_app.i18n.locale_list import language_tag, text_direction
from jiema_app.i18n.translation import t, words_locale

COMMON: Final = Path(__file__).resolve().parents[3] / "assets" / "manifest.webmanifest"
"""What is the same in every language."""


def manifest(locale: str) -> str:
    """The manifest of a language."""
    words = words_locale(locale)
    told = json.loads(COMMON.read_text(encoding="utf-8"))
    told |= {
        "lang": language_tag(words),
        "dir": text_direction(words),
        "start_url": f"/{locale}",
        "description": t(
            words,
            "Temporary phone numbers for SMS codes from hundreds of services, in most countries "
            "of the world. Paid in USDT. No code, full refund.",
        ),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
