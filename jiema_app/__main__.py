"""``python -m jiema_app``: the command line."""

import typer

from jiema_app.commands import (
    abuse,
    announce,
    chain,
    database,
    keys,
    payout_state,
    people,
    recharges,
    refunds,
    withdrawals,
)
from jiema_app.commands.commission import commission
from jiema_app.commands.docs import docs
from jiema_app.commands.doctor import doctor
from jiema_app.commands.figures import figures
from jiema_app.commands.locales import locales
from jiema_app.commands.referral import referral
from jiema_app.commands.sandbox_history import history
from jiema_app.commands.support import support
from jiema_app.commands.telegram import telegram
from jiema_app.commands.wallets import wallets
from jiema_app.processes.cli import commands as processes

app = typer.Typer(
    help="jiema: rent a number, receive the code.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(database.migrate)
app.command()(doctor)
app.command()(docs)
app.command()(locales)
app.add_typer(processes)
app.add_typer(database.catalog, name="catalog")
app.add_typer(database.ledger, name="ledger")
app.add_typer(people.sandbox, name="sandbox")
people.sandbox.command("history")(history)
app.add_typer(figures, name="figures")
app.add_typer(people.admin, name="admin")
app.add_typer(people.user, name="user")
app.add_typer(keys.key, name="key")
app.add_typer(wallets, name="wallets")
app.add_typer(recharges.recharge, name="recharge")
recharges.recharge.command("refunds")(refunds.refunds)
recharges.recharge.command("refunded")(refunds.refunded)
recharges.recharge.command("send-refund")(refunds.send_refund)
app.add_typer(withdrawals.withdrawal, name="withdrawal")
app.add_typer(payout_state.payouts, name="payouts")
app.add_typer(chain.chain, name="chain")
app.add_typer(abuse.abuse, name="abuse")
app.add_typer(announce.announce, name="announce")
app.add_typer(support, name="support")
app.add_typer(commission, name="commission")
app.add_typer(referral, name="referral")
app.add_typer(telegram, name="telegram")

if __name__ == "__main__":
    app()
