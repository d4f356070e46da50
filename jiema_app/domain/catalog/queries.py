"""SQL of the catalogue."""

from typing import Final

# The administrator's switches (is_enabled, compliance_override) outlive every reload.
LOAD_SERVICE: Final = """
insert into services (code, slug, name, category, popularity, aliases, compliance, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (code) do update set
    slug = excluded.slug, name = excluded.name, category = excluded.category,
    popularity = excluded.popularity, aliases = excluded.aliases,
    compliance = excluded.compliance, reason = excluded.reason
"""

# Slugs may move between services from one list to the next: free them all first.
FREE_SERVICE_SLUGS: Final = "update services set slug = code || '~' || slug where code <> all($1)"

RETIRE_SERVICES: Final = "update services set is_enabled = false where code <> all($1::text[])"

LOAD_COUNTRY: Final = """
insert into countries (id, slug, iso2, flag, dial_code, popularity, names, compliance)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do update set
    slug = excluded.slug, iso2 = excluded.iso2, flag = excluded.flag,
    dial_code = excluded.dial_code, popularity = excluded.popularity,
    names = excluded.names, compliance = excluded.compliance
"""

# Read by every process at once, and asked again when an order is placed.
OVERRIDE: Final = """
with before as (
    select code, compliance, compliance_override from services where code = $1 for update
), changed as (
    update services s set compliance_override = $2 from before b where s.code = b.code
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $3, 'service.override', code, jsonb_build_object(
        'reason', $4::text, 'listed', compliance, 'before', compliance_override, 'now', $2::text)
    from before
)
select code, compliance, pg_notify('catalog_changed', '') from before
"""

SERVICES_ON_SALE: Final = """
select code, slug, name, category, popularity, aliases,
       coalesce(compliance_override, compliance) as compliance, reason
from services
where is_enabled and coalesce(compliance_override, compliance) <> 'denied'
order by popularity
"""

COUNTRIES_ON_SALE: Final = """
select id, slug, iso2, flag, dial_code, popularity, names
from countries where is_enabled and compliance <> 'denied' order by popularity
"""

OFFERS: Final = """
select service_code, country_id, supplier, cost_micro, count
from offers where supplier = any($1::text[]) order by service_code, country_id
"""

# The newest row of each holds.
EARNING_TERMS: Final = """
select r.commission_bp, w.fee_bp, w.fee_min_micro, w.amount_min_micro, w.address_wait_s
from (select commission_bp from referral_terms order by id desc limit 1) r
cross join (
    select fee_bp, fee_min_micro, amount_min_micro, address_wait_s
    from withdrawal_terms order by id desc limit 1
) w
"""

STAGE_OFFERS: Final = """
create temporary table staged_offers (
    service_code text, country_id integer, cost_micro bigint, count integer
) on commit drop
"""

# Of what we still sell: the rest is not in the next answer either, as we read it.
COUNT_IN_STOCK: Final = """
select count(*) from offers
where supplier = $1 and count > 0
  and service_code = any($2::text[]) and country_id = any($3::integer[])
"""

# Only rows that differ are written: most of a refresh is the same as the last one.
MERGE_OFFERS: Final = """
insert into offers as o (supplier, service_code, country_id, cost_micro, count)
select $1, service_code, country_id, min(cost_micro), max(count)
from staged_offers group by service_code, country_id
on conflict (supplier, service_code, country_id) do update
set cost_micro = excluded.cost_micro, count = excluded.count, updated_at = now()
where (o.cost_micro, o.count) is distinct from (excluded.cost_micro, excluded.count)
"""

# A pair that is no longer offered keeps its last cost on show, with nothing in stock.
EMPTY_UNOFFERED: Final = """
update offers o set count = 0, updated_at = now()
where o.supplier = $1 and o.count > 0 and not exists (
    select from staged_offers s
    where s.service_code = o.service_code and s.country_id = o.country_id
)
"""

ANNOUNCE: Final = "select pg_notify('catalog_changed', '')"

SOLD_OUT: Final = "sold out"
"""What the announcement says when nothing but stock is gone: see ``LiveCatalog.hear``."""

# What cost no more than was offered for it is not to be had. Whoever finds that first says so:
# the next ones change nothing and announce nothing.
SELL_OUT: Final = f"""
with emptied as (
    update offers set count = 0, updated_at = now()
    where supplier = $1 and service_code = $2 and country_id = $3 and cost_micro <= $4
      and count > 0
    returning supplier
)
select pg_notify('catalog_changed', '{SOLD_OUT}') from emptied
"""
