"""Messages to people: written down with what they tell of, sent by one sender per transport.

Knows no transport. What sends is behind the port `transport.Transport`.
"""
