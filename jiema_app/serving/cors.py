"""No page of another origin may read what we answer, so no answer speaks of such pages.

Reflex puts a layer for it before each of its applications, also where no origin is allowed.
Then it still says ``access-control-allow-credentials: true``, and refuses preflights by itself:
in plain text, before whoever answers for the address is asked.
"""

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp


class CorsLayerFixed(RuntimeError):
    """The layers of an application are built already, and can no longer be taken out."""


def take_cors_out(*applications: ASGIApp | None) -> None:
    """Take the layer out of applications that serve nobody yet.

    Args:
        applications: What is no application of Starlette's has no such layer, and is passed over.

    Raises:
        CorsLayerFixed: One of them serves already.
    """
    for application in applications:
        if not isinstance(application, Starlette):
            continue
        if application.middleware_stack is not None:
            raise CorsLayerFixed(type(application).__name__)
        application.user_middleware = [
            layer
            for layer in application.user_middleware
            if not (isinstance(layer.cls, type) and issubclass(layer.cls, CORSMiddleware))
        ]
