"""The origin inside built pages.

Pages are built once and served anywhere, so the build writes a placeholder wherever a
page names its own origin, and the server puts the real one there when it loads them.
"""

from typing import Final

ORIGIN_PLACEHOLDER: Final = "https://origin.jiema.invalid"
