"""The parts of an order's page."""
