"""Faithful stand-ins of every outside system, served by one ASGI process."""
