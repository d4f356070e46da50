"""The API in a web process that neither forgets nor gives up soon, for tests on busy machines.

What it remembers of sessions and keys is not looked up again, so whatever it learns of their
end it was told. And Redis is out of reach when it is, and not because everybody is slow.
"""

from typing import Final

from fastapi import FastAPI

from api_routes import app, credentials, redis_link
from jiema_app.domain.identity import sessions

MEMORY_S: Final = 3_600.0
REDIS_TIMEOUT_S: Final = 10.0


def create_api() -> FastAPI:
    """Build it."""
    vars(sessions)["TRUST_S"] = vars(credentials)["TRUST_S"] = MEMORY_S
    vars(redis_link)["REDIS_TIMEOUT_S"] = REDIS_TIMEOUT_S
    return app.create_api()
