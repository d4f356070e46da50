"""SQL of the price history."""

from typing import Final

HISTORY: Final = """
select service_code, country_id, percent_bp, fixed_micro, floor_micro, effective_from, is_withdrawn
from pricing_rules order by effective_from, id
"""

ADD: Final = """
with added as (
    insert into pricing_rules (service_code, country_id, percent_bp, fixed_micro, floor_micro,
                               is_withdrawn, effective_from, created_by, note)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $8::text, 'pricing.add', id::text, jsonb_build_object('note', $9::text) from added
)
select pg_notify('catalog_changed', '') from added
"""
