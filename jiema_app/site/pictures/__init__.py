"""Pictures that stand for our addresses where people share them (Open Graph)."""
