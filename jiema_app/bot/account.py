"""What somebody may spend, and what they have earned."""

from jiema_app.bot.buttons import act, rows, web_app
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, lines, safe
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t


async def show_balance(talk: Conversation, words: str) -> None:
    """The balance, and commission where there is any."""
    del words
    locale = talk.locale
    account = await talk.desk.identity.get_account(talk.user)
    earned = account.commission_micro
    talk.replies.say(
        lines(
            bold(
                t(locale, "Your balance: {balance}", balance=money(locale, account.balance_micro))
            ),
            safe(t(locale, "Commission: {amount}", amount=money(locale, earned)))
            if earned
            else None,
        ),
        rows(
            (act(t(locale, "Top up"), "t"), act(t(locale, "Buy a number"), "b")),
            web_app(t(locale, "Withdraw"), talk.desk.mini_app(f"lang={locale}", "/withdraw"))
            if earned > 0
            else None,
            web_app(t(locale, "Open the app"), talk.desk.mini_app(f"lang={locale}")),
        ),
    )


async def press_balance(talk: Conversation, pressed: Pressed) -> None:
    """The same, for a button."""
    del pressed
    await show_balance(talk, "")
