"""The handler_api family: many shops of numbers answer to the same few dozen actions.

Two dialects of it are spoken here. ``legacy`` answers every request with 200 and a text
token; ``hero`` answers most errors with an HTTP status and ``{"title", "details",
"info"}``. Both mix in the other's shapes now and then, so every answer is read by what it
looks like, never by the dialect alone.
"""

from jiema_app.integrations.supplier.handler_api.adapter import HandlerApiSupplier

__all__ = ["HandlerApiSupplier"]
