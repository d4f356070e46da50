"""``telegram``: whether the bot can do its work, where updates go, and what was not sent."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from telegram.error import TelegramError

from jiema_app.bootstrap import Services
from jiema_app.bootstrap_telegram import TelegramServices
from jiema_app.bot.commands import calls_that_describe
from jiema_app.commands.acting import By, TokenFile, acting
from jiema_app.commands.console import ACTOR, AsJson, fail, show, with_services
from jiema_app.domain.notifications.states import DeliveryState
from jiema_app.domain.telegram.chats import current_id
from jiema_app.integrations.telegram import setup
from jiema_app.integrations.telegram.api import BotApi, open_bot
from jiema_app.integrations.telegram.checking import Look, look_at_bot

telegram = typer.Typer(help="The bot on Telegram.", no_args_is_help=True)
webhook = typer.Typer(help="Where Telegram pushes updates.", no_args_is_help=True)
deliveries = typer.Typer(help="Messages: how many wait, and those that were not sent.")
telegram.add_typer(webhook, name="webhook")
telegram.add_typer(deliveries, name="deliveries")

Result = TypeVar("Result")
Number = Annotated[int, typer.Argument(metavar="ID", help="Of a delivery.")]
Reason = Annotated[str, typer.Option(help="Why: kept in the audit log.")]

UNSETTLED = (DeliveryState.UNKNOWN, DeliveryState.FAILED)


def _with_bot(work: Callable[[Services, TelegramServices, BotApi], Awaitable[Result]]) -> Result:
    """Run with the bot's calls, or say why there are none."""

    async def run(services: Services) -> Result:
        bot = services.telegram
        if bot is None:
            fail("there is no bot: set TELEGRAM_BOT_TOKEN")
        async with open_bot(bot.account) as api:
            try:
                return await work(services, bot, api)
            except TelegramError as error:
                fail(f"Telegram: {type(error).__name__}")

    return with_services(run)


def _webhook_origin(services: Services) -> str:
    settings = services.settings
    # The sandbox is on this machine, whatever people call the shop.
    return settings.origin if settings.env == "production" else f"http://127.0.0.1:{settings.port}"


@telegram.command("check")
def check(as_json: AsJson = False) -> None:
    """Say what works of the bot, what does not, and what to do about it."""

    async def look(services: Services, bot: TelegramServices, api: BotApi) -> list[Look]:
        support = bot.account.support_chat
        if support is not None:
            async with services.database.connection() as connection:
                support = await current_id(connection, support)
        return await look_at_bot(api, bot.account, _webhook_origin(services), support)

    looks = _with_bot(look)
    if as_json:
        found = [
            {"name": one.name, "ok": one.ok, "detail": one.detail, "remedy": one.remedy}
            for one in looks
        ]
        show({"ok": all(one.ok for one in looks), "checks": found}, as_json=True)
    else:
        for one in looks:
            remedy = f"  → {one.remedy}" if one.remedy else ""
            typer.echo(f"{'ok ' if one.ok else 'BAD'} {one.name:<14} {one.detail}{remedy}")
    if not all(one.ok for one in looks):
        raise typer.Exit(1)


@webhook.command("set")
def set_webhook() -> None:
    """Have Telegram push updates to this shop, and show its commands and its button."""

    async def work(services: Services, bot: TelegramServices, api: BotApi) -> str:
        if bot.account.updates != "webhook":
            fail(f"TELEGRAM_UPDATES is {bot.account.updates}: no webhook would be heard")
        url = await setup.set_webhook(api, _webhook_origin(services), bot.webhook_secret)
        app_url = f"{services.settings.origin}/tg"
        await setup.describe(api, calls_that_describe(), app_url, "jiema.my")
        return url

    typer.echo(f"updates go to {_with_bot(work)}")


@webhook.command("delete")
def delete_webhook() -> None:
    """Have Telegram keep updates until somebody polls."""

    async def work(_services: Services, _bot: TelegramServices, api: BotApi) -> None:
        await setup.delete_webhook(api)

    _with_bot(work)
    typer.echo("no webhook is set")


@webhook.command("show")
def show_webhook(as_json: AsJson = False) -> None:
    """Print what Telegram says of the webhook."""

    async def work(_services: Services, _bot: TelegramServices, api: BotApi) -> dict[str, object]:
        return await setup.webhook_info(api)

    told = _with_bot(work)
    show(
        {
            "url": told.get("url") or None,
            "pending": told.get("pending_update_count", 0),
            "lastError": told.get("last_error_message"),
            "lastErrorAt": told.get("last_error_date"),
            "connections": told.get("max_connections"),
        },
        as_json=as_json,
    )


@deliveries.callback(invoke_without_command=True)
def count(context: typer.Context, as_json: AsJson = False) -> None:
    """Print how many there are in each state, and those that wait for a person."""
    if context.invoked_subcommand is not None:
        return

    async def look(services: Services) -> tuple[dict[DeliveryState, tuple[int, int]], list[str]]:
        found = await services.deliveries.list_some(*UNSETTLED)
        lines = [
            f"{one.id}  {one.state:<8} {one.kind:<18} {one.key}  {one.error or ''}" for one in found
        ]
        return await services.deliveries.count(), lines

    counts, lines = with_services(look)
    if as_json:
        states = {
            state.lower(): {"count": number, "oldestSeconds": oldest_s}
            for state, (number, oldest_s) in counts.items()
        }
        show({"states": states, "waiting": lines}, as_json=True)
        return
    for state, (number, oldest_s) in counts.items():
        typer.echo(f"{state:<8} {number:>8}  the oldest {oldest_s} s")
    for line in lines:
        typer.echo(line)


@deliveries.command("retry")
def retry(number: Number, reason: Reason, by: By = ACTOR, token_file: TokenFile = None) -> None:
    """Send one again that was parked or refused. Who got it gets it twice."""

    async def work(services: Services) -> None:
        actor = await acting(services, by, token_file)
        await services.deliveries.retry(number, actor, reason)

    with_services(work)
    typer.echo(f"{number} is sent again")


@deliveries.command("drop")
def drop(number: Number, reason: Reason, by: By = ACTOR, token_file: TokenFile = None) -> None:
    """Leave one unsent, for good."""

    async def work(services: Services) -> None:
        actor = await acting(services, by, token_file)
        await services.deliveries.drop(number, actor, reason)

    with_services(work)
    typer.echo(f"{number} is dropped")
