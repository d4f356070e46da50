"""Adapters of the wholesale suppliers, and what they share. How to add one: docs/suppliers.md."""
