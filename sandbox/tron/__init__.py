"""A TRON node: blocks, transactions, USDT and a token that only looks like it."""
