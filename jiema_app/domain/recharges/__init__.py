"""Money that comes in by the chain."""
