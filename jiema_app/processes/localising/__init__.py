"""Making the pages of every language out of pages that were compiled once."""

from typing import Final

FILES: Final = "files"
"""In a folder of compiled pages: what all languages share."""
