"""A TRON node, as the port ``domain.recharges.chain`` wants it."""
