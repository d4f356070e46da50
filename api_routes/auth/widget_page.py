"""The page that shows Telegram's older login widget, the only one with a foreign script."""

import base64
import hashlib
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

from api_routes.auth.sign_in_results import NO_STORE
from jiema_app.i18n.locale_list import RIGHT_TO_LEFT, language_tag

SCRIPT: Final = "https://telegram.org/js/telegram-widget.js?22"

STYLE: Final = """
:root { color-scheme: light dark }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; justify-items: center;
  gap: 1.5rem; font: 16px/1.5 ui-sans-serif, system-ui, sans-serif }
a { color: inherit }
"""

POLICY: Final = (
    "default-src 'none'; script-src https://telegram.org; frame-src https://oauth.telegram.org; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def widget_page(bot: str, callback_url: str, locale: str) -> HTMLResponse:
    """The widget and a way back. It says nothing in words, for Telegram's button does."""
    direction = "rtl" if locale in RIGHT_TO_LEFT else "ltr"
    back = "→" if direction == "rtl" else "←"
    return HTMLResponse(
        f"""<!doctype html>
<html lang="{escape(language_tag(locale))}" dir="{direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>Telegram</title><style>{STYLE}</style></head>
<body><h1>Telegram</h1>
<script async src="{SCRIPT}" data-telegram-login="{escape(bot)}" data-size="large"
  data-userpic="false" data-auth-url="{escape(callback_url)}"></script>
<a href="/{escape(locale)}/login" aria-label="jiema">{back} jiema</a></body></html>
""",
        headers={**NO_STORE, "Content-Security-Policy": POLICY},
    )
