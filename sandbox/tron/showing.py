"""How the control API and its page spell what is on the chain."""

from typing import Any

from sandbox.tron.addresses import base58_address
from sandbox.tron.amounts import from_units
from sandbox.tron.chain import Chain
from sandbox.tron.contracts import TOKENS, USDT
from sandbox.tron.ledger import Ledger, tokens, trx

_RECENT = 8


def head_json(chain: Chain) -> dict[str, Any]:
    """Where the chain is."""
    return {
        "head": chain.head.number,
        "headTimestamp": chain.head.timestamp,
        "solid": chain.solid.number,
        "pending": len(chain.pool),
    }


def account_json(chain: Chain, address: str) -> dict[str, Any]:
    """What an account holds, in millionths, which TRX and both tokens count in."""
    return {
        "address": base58_address(address),
        **{
            name: {
                "trx": ledger.read(trx(address)),
                **{
                    symbol: ledger.read(tokens(token.address, address))
                    for symbol, token in TOKENS.items()
                },
            }
            for name, ledger in (("head", chain.head_ledger), ("solid", chain.solid_ledger))
        },
    }


def balance_json(chain: Chain, address: str) -> dict[str, Any]:
    """What an account holds, as decimal texts: at the head, and by solid blocks."""
    head = _balance(chain.head_ledger, address)
    solid = _balance(chain.solid_ledger, address)
    return {"address": base58_address(address), **head, "head": head, "solid": solid}


def _balance(ledger: Ledger, address: str) -> dict[str, str]:
    return {
        "usdt": from_units(ledger.read(tokens(USDT.address, address))),
        "trx": from_units(ledger.read(trx(address))),
    }


def recent_json(chain: Chain) -> list[dict[str, Any]]:
    """The latest transfers of every token, newest first."""
    rows = [
        (row, name)
        for name, token in TOKENS.items()
        for row in chain.by_token[token.address][-_RECENT:]
        if row.event == "Transfer"
    ]
    rows.sort(key=lambda pair: (pair[0].block, pair[0].position), reverse=True)
    return [
        {
            "txid": row.txid,
            "token": name,
            "from": base58_address(row.source),
            "to": base58_address(row.to),
            "amount": from_units(row.amount),
            "block": row.block,
            "solid": row.block <= chain.solid_number,
        }
        for row, name in rows[:_RECENT]
    ]
