"""Somebody's personal link, and what it has earned."""

from typing import Final
from urllib.parse import quote

from jiema_app.bot.buttons import link, rows
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, code, lines, safe
from jiema_app.i18n.formats import basis_points, money
from jiema_app.i18n.translation import t, tn

DAYS: Final = 1
"""The sums of days are not shown here."""


async def invite(talk: Conversation, words: str) -> None:
    """The link, what it pays, what it has brought."""
    del words
    locale, desk = talk.locale, talk.desk
    own = await desk.invites.read(talk.user, days=DAYS)
    address = desk.bot_link(own.code)
    offer = t(locale, "Temporary phone numbers for SMS codes, paid per number:")
    share = f"https://t.me/share/url?url={quote(address, '')}&text={quote(offer, '')}"
    funnel, purse = own.funnel, own.purse
    talk.replies.say(
        lines(
            bold(t(locale, "Invite friends and earn")),
            safe(
                t(
                    locale,
                    "You get {share} of what people pay for numbers when they come by your link.",
                    share=basis_points(locale, desk.catalog.current.earning.commission_bp),
                )
            ),
            "",
            code(address),
            "",
            safe(t(locale, "Earned so far: {amount}", amount=money(locale, funnel.earned_micro))),
            safe(t(locale, "Available now: {amount}", amount=money(locale, purse.available))),
            safe(tn(locale, "{n} person came by it.", "{n} people came by it.", funnel.sign_ups)),
            safe(
                t(
                    locale,
                    "Your link is paused while we review it. Accounts created through it don't "
                    "count right now.",
                )
            )
            if own.is_suspended
            else None,
        ),
        rows(
            link(t(locale, "Share the link"), share),
            link(t(locale, "Open your invite page"), desk.page(locale, "invite")),
        ),
    )


async def press_invite(talk: Conversation, pressed: Pressed) -> None:
    """The same, for a button."""
    del pressed
    await invite(talk, "")
