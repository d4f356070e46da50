"""Making the pages of every language out of pages that were compiled once."""
