"""A key that was shown is not sent again to a tab that connects anew."""

import pytest

from tests.support.live import LiveStack
from tests.support.signed_in import sign_in
from tests.support.tab import open_tab

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]

PAGE = "/en/account/api-keys"
CREATE = "jiema_app___site___account___api_keys___state____api_keys_state.create"


async def test_a_page_that_loads_again_is_never_sent_the_key(site: LiveStack) -> None:
    """All of a state is sent before the page's own handler could take the key away."""
    ann = await sign_in(site)
    async with open_tab(site.origin, PAGE, ann.cookie) as tab:
        await tab.until("api_keys_state", lambda page: page.get("access") == "member")
        await tab.send(CREATE, form={"name": "once"})
        key = (await tab.until("api_keys_state", lambda page: bool(page["token"])))["token"]
    async with open_tab(site.origin, PAGE, ann.cookie, token=tab.token) as again:
        await again.until("api_keys_state", lambda page: bool(page.get("rows")))
        await again.until("state____state", lambda root: root.get("is_hydrated") is True)
    assert key not in str(again.received)
