"""Serving: what stands between granian and the two applications, Reflex and FastAPI."""
