"""Is it up, is it ready, how is it doing: for load balancers and Prometheus."""

import asyncio
import dataclasses

import asyncpg
import httpx
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from jiema_app.bootstrap import build_services
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.settings import Settings
from tests.api.asking import data, problem
from tests.support.cluster import Cluster
from tests.support.live import LiveStack
from tests.support.polling import until_told
from tests.support.shop import Shop, build_api


def client_of(shop: Shop, settings: Settings) -> httpx.AsyncClient:
    """The API as a process with other settings serves it."""
    services = dataclasses.replace(shop.services, settings=settings)
    transport = httpx.ASGITransport(app=build_api(services, settings))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


async def work(shop: Shop) -> None:
    """What a worker does, once."""
    started = await shop.services.jobs.start_shared("heartbeat", interval_s=2)
    await shop.services.jobs.succeed("heartbeat", started)
    await shop.beat()
    await shop.read_chain()


async def troubles(api: httpx.AsyncClient) -> set[str]:
    """What ``/readyz`` finds missing; its status must agree."""
    answer = await api.get("/readyz")
    report = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert answer.status_code == (200 if report["ok"] else 503)
    assert report["ok"] is all(check["ok"] for check in report["checks"].values())
    assert all(check["detail"] for check in report["checks"].values())
    return {name for name, check in report["checks"].items() if not check["ok"]}


async def await_troubles(api: httpx.AsyncClient, expected: set[str]) -> None:
    """Wait until ``/readyz`` finds just this missing; its answers are a second old at most."""

    async def is_so() -> bool:
        return await troubles(api) == expected

    await until_told(is_so)


async def test_it_is_ready_when_a_worker_works(shop: Shop) -> None:
    api = await shop.api()
    await await_troubles(api, {"worker", "supplier", "chain"})
    await work(shop)
    await await_troubles(api, set())


async def test_each_thing_that_is_missing_is_named(shop: Shop) -> None:
    api = await shop.api()
    await work(shop)
    await shop.pass_time(8)
    await await_troubles(api, set())
    await shop.pass_time(12)
    await await_troubles(api, {"worker", "supplier"})
    await work(shop)
    head = await shop.fetchval("select version_num from alembic_version")
    await shop.execute("update alembic_version set version_num = 'older'")
    await await_troubles(api, {"migrations"})
    await shop.execute("update alembic_version set version_num = $1", head)
    await shop.execute("alter table alembic_version rename to lost")
    await await_troubles(api, {"migrations"})
    await shop.execute("alter table lost rename to alembic_version")
    await shop.execute("delete from offers")
    await shop.services.live_catalog.reload()
    await await_troubles(api, {"catalogue"})


async def test_without_a_database_it_is_up_but_not_ready(shop: Shop, database_address: str) -> None:
    pool = await open_pool(database_address, name="test", size=2, statement_timeout_s=5)
    await pool.close()
    services = build_services(shop.settings, PooledDatabase(pool), shop.services.suppliers)
    services.live_catalog.current = shop.services.live_catalog.current
    transport = httpx.ASGITransport(app=build_api(services, shop.settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as api:
        assert (await api.get("/healthz")).json() == {"ok": True}
        await await_troubles(api, {"database"})
        figures = await api.get("/metrics")
        assert figures.status_code == 200
        assert "jiema_http_requests_total" in figures.text
        assert "jiema_orders_waiting" not in figures.text


async def test_figures_can_be_read_by_prometheus(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    await shop.place(ann)
    await work(shop)
    for address in ("/api/v1/account", "/api/v1/orders/cnone", "/api/v1/nowhere", "/x"):
        await api.get(address, headers=ann.headers)
    answer = await api.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(answer.text))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }
    assert samples["jiema_orders_waiting",] == 1
    assert samples["jiema_job_lag_seconds", ("job", "heartbeat")] < 15
    routes = {
        label[1]
        for name, *labels in samples
        if name == "jiema_http_requests_total"
        for label in labels
        if label[0] == "route"
    }
    # Templates, so that ids and strangers' inventions make no series of their own.
    assert {"/api/v1/account", "/api/v1/orders/{order_id}", "unmatched"} <= routes
    assert not [route for route in routes if "nowhere" in route or "cnone" in route]


async def test_methods_that_nobody_knows_make_one_series_together(shop: Shop) -> None:
    api = await shop.api()
    for number in range(3):
        await api.request(f"BREW{number}", "/api/v1/account")
    assert 'method="other"' in (await api.get("/metrics")).text
    assert "BREW" not in (await api.get("/metrics")).text


async def test_figures_are_closed_in_production_but_to_the_holder_of_a_token(shop: Shop) -> None:
    production = shop.settings.model_copy(update={"env": "production"})
    async with client_of(shop, production) as api:
        assert problem(await api.get("/metrics")) == (404, "NOT_FOUND")
        answer = await api.get("/metrics", headers={"Authorization": "Bearer "})
        assert problem(answer) == (404, "NOT_FOUND")
    for env in ("production", "sandbox"):
        settings = production.model_copy(update={"env": env, "metrics_token": SecretStr("figures")})
        async with client_of(shop, settings) as api:
            for wrong in ("", "figures", "Bearer figure", "Bearer figures2", "Bearer \u00e9"):
                sent = {b"Authorization": wrong.encode("latin-1")}
                refused = await api.get("/metrics", headers=sent)
                assert problem(refused) == (404, "NOT_FOUND"), wrong
            right = await api.get("/metrics", headers={"Authorization": "Bearer figures"})
            assert right.status_code == 200


async def test_nothing_about_health_counts_against_anybody_s_limit(shop: Shop) -> None:
    api = await shop.api()
    for address in ("/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"):
        assert "ratelimit-limit" not in (await api.get(address)).headers


async def test_a_database_that_goes_away_and_comes_back_is_survived(
    live: LiveStack, cluster: Cluster
) -> None:
    ann = await live.customer()
    name = live.database_address.split("?")[0].rpartition("/")[2]
    administrator = await asyncpg.connect(cluster.address)

    async def allow(connections: str) -> None:
        await administrator.execute(f'alter database "{name}" allow_connections {connections}')

    async with live.client(ann) as api:

        async def is_ready() -> bool:
            return (await api.get("/readyz")).status_code == 200

        assert data(await api.get("/api/v1/account"))["id"] == ann.id
        await allow("false")
        try:
            await administrator.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name
            )
            assert (await api.get("/healthz")).status_code == 200
            await await_troubles(api, {"database"})
            answers = await asyncio.gather(*(api.get("/api/v1/account") for _ in range(10)))
            assert {problem(answer) for answer in answers} == {(500, "INTERNAL")}
        finally:
            await allow("true")
        await until_told(is_ready)
        assert data(await api.get("/api/v1/account"))["id"] == ann.id
    await administrator.close()
