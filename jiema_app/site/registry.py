"""All pages."""

from collections.abc import Callable, Iterable

from jiema_app.site.account.api_keys.page import api_keys
from jiema_app.site.account.order.page import order
from jiema_app.site.account.orders.page import orders
from jiema_app.site.account.overview.page import account
from jiema_app.site.account.recharge.page import topup_recharge
from jiema_app.site.account.sessions.page import sessions
from jiema_app.site.account.statement.page import statement
from jiema_app.site.account.together.page import together
from jiema_app.site.account.topup.page import topup
from jiema_app.site.account.withdraw.page import withdraw
from jiema_app.site.design.showcase.page import components_page
from jiema_app.site.miniapp.page import mini_app
from jiema_app.site.pages.page import Page
from jiema_app.site.shop.abuse.page import abuse
from jiema_app.site.shop.abuse_ticket.page import abuse_ticket
from jiema_app.site.shop.api_docs.page import api_docs
from jiema_app.site.shop.article.page import article
from jiema_app.site.shop.blog.page import blog
from jiema_app.site.shop.blog_tag.page import blog_tag
from jiema_app.site.shop.browse.page import browse
from jiema_app.site.shop.countries.page import countries
from jiema_app.site.shop.country.page import country
from jiema_app.site.shop.home.page import home
from jiema_app.site.shop.invite.page import invite
from jiema_app.site.shop.login.page import login
from jiema_app.site.shop.pricing.page import pricing
from jiema_app.site.shop.service.page import service
from jiema_app.site.shop.text.page import text_page

PAGES: tuple[Callable[[], Page], ...] = (
    home,
    browse,
    service,
    countries,
    country,
    invite,
    login,
    api_docs,
    pricing,
    blog,
    blog_tag,
    article,
    abuse,
    abuse_ticket,
    text_page,
    order,
    orders,
    together,
    account,
    api_keys,
    sessions,
    statement,
    topup,
    topup_recharge,
    withdraw,
    mini_app,
    components_page,
)


def all_pages() -> list[Page]:
    """Every page; each exists in its languages."""
    return [make_page() for make_page in PAGES]


def served_pages(pages: Iterable[Page], env: str) -> list[Page]:
    """The pages that a deployment of this kind has below its locales."""
    return [
        page
        for page in pages
        if not page.is_mini_app and (env == "sandbox" or not page.sandbox_only)
    ]
