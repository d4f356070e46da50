"""The parts of the page to top up, and of a recharge's page."""
