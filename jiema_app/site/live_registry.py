"""Which pages have a part that only the server knows, and who makes it."""

from collections.abc import Mapping
from typing import Final

from jiema_app.site.account.order.live import ORDER_PART
from jiema_app.site.account.orders.live import ORDERS_PART
from jiema_app.site.account.recharge.live import RECHARGE_PART
from jiema_app.site.account.script_needed import SCRIPT_NEEDED_PART
from jiema_app.site.account.together.live import TOGETHER_PART
from jiema_app.site.account.topup.live import topup_part
from jiema_app.site.account.withdraw.live import WITHDRAW_PART
from jiema_app.site.pages.live_parts import LiveMaker, PartFinder
from jiema_app.site.pages.member_parts import AskedPart, MemberPart
from jiema_app.site.shop.abuse.live import abuse_part
from jiema_app.site.shop.api_docs.live import api_docs_part
from jiema_app.site.shop.article.live import article_part, find_article
from jiema_app.site.shop.blog.live import blog_part
from jiema_app.site.shop.blog_tag.live import blog_tag_part, find_tag
from jiema_app.site.shop.browse.live import browse_part
from jiema_app.site.shop.countries.live import countries_part
from jiema_app.site.shop.country.live import country_part, find_country_slug
from jiema_app.site.shop.home.live import home_part
from jiema_app.site.shop.invite.live import INVITE_PART, invite_part
from jiema_app.site.shop.login.live import login_part
from jiema_app.site.shop.pricing.live import pricing_part
from jiema_app.site.shop.service.live import find_service_slug, service_part
from jiema_app.site.shop.text.live import find_text, text_part

LIVE_PARTS: Final[Mapping[str, LiveMaker]] = {
    "": home_part,
    "browse": browse_part,
    "service/[slug]": service_part,
    "countries": countries_part,
    "country/[slug]": country_part,
    "invite": invite_part,
    "login": login_part,
    "api-docs": api_docs_part,
    "account/topup": topup_part,
    "pricing": pricing_part,
    "blog": blog_part,
    "blog/[article]": article_part,
    "blog/tag/[tag]": blog_tag_part,
    "abuse": abuse_part,
    "[text]": text_part,
}
"""By the page's path, as its ``Page`` has it."""

PART_FINDERS: Final[Mapping[str, PartFinder]] = {
    "service/[slug]": find_service_slug,
    "country/[slug]": find_country_slug,
    "blog/[article]": find_article,
    "blog/tag/[tag]": find_tag,
    "[text]": find_text,
}
"""Of those of them that stand at many addresses."""

MEMBER_PARTS: Final[Mapping[str, MemberPart | AskedPart]] = {
    "order/[order_id]": ORDER_PART,
    "orders/together/[orders]": TOGETHER_PART,
    "account/topup/[recharge_id]": RECHARGE_PART,
    "orders": ORDERS_PART,
    "invite": INVITE_PART,
    "account/withdraw": WITHDRAW_PART,
    "account": SCRIPT_NEEDED_PART,
    "account/statement": SCRIPT_NEEDED_PART,
    "account/api-keys": SCRIPT_NEEDED_PART,
    "account/sessions": SCRIPT_NEEDED_PART,
}
"""Of a user's own things, likewise by the page's path."""
