"""SQL conditions on payments that several questions share: what is money, and what is owed back.

Each takes the name under which a query knows the table ``payments``.
"""


def is_money(payment: str) -> str:
    """Of the token we take, and sent by none of our own wallets."""
    return f"({payment}.is_genuine and {payment}.oddity is distinct from 'OWN_TRANSFER')"


def was_sent_back(payment: str) -> str:
    """A transfer on the chain is known to have returned it."""
    return (
        f"exists (select from payment_refunds f where f.payment_id = {payment}.id and f.is_final)"
    )


def is_refund_owed(payment: str) -> str:
    """A person decided to send it back, and it has not gone back yet."""
    return (
        f"({payment}.status = 'REFUNDED' and {is_money(payment)} and not {was_sent_back(payment)})"
    )
