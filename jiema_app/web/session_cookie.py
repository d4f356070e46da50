"""The cookie of a signed-in browser."""

from http.cookies import CookieError, SimpleCookie


def read_session(cookie_header: str) -> str | None:
    """The session's token in a ``Cookie`` header."""
    cookies = SimpleCookie()
    try:
        cookies.load(cookie_header)
    except CookieError:
        return None
    for name in ("__Host-sid", "sid"):
        if name in cookies:
            return cookies[name].value
    return None
