"""The parts of the page of orders that were bought together."""
