"""The parts of the list of orders."""
