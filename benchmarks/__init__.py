"""Figures of the product, each beside a hand-written baseline measured in the same run."""
