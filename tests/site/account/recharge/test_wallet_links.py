"""Addresses that open a wallet with a payment filled in."""

from urllib.parse import parse_qs, urlsplit

from jiema_app.site.account.recharge.wallet_links import trust_wallet_link

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
ADDRESS = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"


def test_trust_wallet_is_told_token_address_and_amount() -> None:
    link = urlsplit(trust_wallet_link(USDT, ADDRESS, "20.05"))
    assert (link.scheme, link.netloc, link.path) == ("https", "link.trustwallet.com", "/send")
    assert parse_qs(link.query) == {
        "asset": [f"c195_t{USDT}"],
        "address": [ADDRESS],
        "amount": ["20.05"],
    }
