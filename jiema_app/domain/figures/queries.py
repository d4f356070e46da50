"""SQL of the figures of routes.

An order is *judged* once, at a moment that never changes: when its first code came, or when it
ended without one. After a first code there is no refund, and after a refund there is no code
(``orders_refund_or_code``), so what is counted of a closed hour stays true.
"""

from typing import Final

GIVEN_UP_S: Final = 60
"""Whoever cancelled within so many seconds of buying gave the number no chance: it is not judged."""

OF_ALL_SERVICES: Final = ""
OF_ALL_COUNTRIES: Final = -1
"""What stands for all of them in the tables."""

# The word of the index `orders_judged`.
_JUDGED_AT: Final = "coalesce(first_sms_at, ended_at)"

# Never a number, so nothing to judge; given up at once, so no judgement.
_IS_JUDGED: Final = f"""phone is not null and not (
    first_sms_at is null and reason = 'USER'
    and ended_at < created_at + interval '{GIVEN_UP_S} seconds')"""

_SECONDS: Final = """case when first_sms_at is not null
    then greatest(0, floor(extract(epoch from first_sms_at - created_at)))::integer end"""

BEGIN: Final = """
insert into figure_progress (final_until)
values ($1) on conflict do nothing
"""

# Two workers that count at once would count twice.
# For orders that were written into hours that had been counted for good.
START_ANEW: Final = (
    "delete from figure_progress",
    "delete from route_counts",
    "delete from route_figures",
)

LOCK: Final = "select final_until from figure_progress for update"

NOW: Final = "select now()"

CHANGED: Final = """
create temporary table changed_routes (
    service_code text, country_id integer, place integer generated always as identity,
    primary key (service_code, country_id)
) on commit drop
"""

# Without statistics the planner takes it for a table of a thousand rows.
KNOW_CHANGED: Final = ("create index on changed_routes (place)", "analyze changed_routes")

COUNT_CHANGED: Final = "select coalesce(max(place), 0) from changed_routes"

_NOTE_CHANGED: Final = """
insert into changed_routes (service_code, country_id) select distinct service_code, country_id from {} on conflict do nothing
"""

NEXT_JUDGED: Final = f"""
select date_trunc('hour', min({_JUDGED_AT}), 'UTC') from orders
where phone is not null and {_JUDGED_AT} >= $1
"""

# Out of the window by now.
FORGET: Final = f"""
with gone as (delete from route_counts where starts_at < $1 returning service_code, country_id)
{_NOTE_CHANGED.format("gone")}
"""

# Hours that were not over when they were counted.
DROP_OPEN: Final = f"""
with gone as (
    delete from route_counts where starts_at >= $1 and not is_day
    returning service_code, country_id
)
{_NOTE_CHANGED.format("gone")}
"""

_HISTOGRAM: Final = f"""
judged as (
    select date_trunc($3, {_JUDGED_AT}, 'UTC') as starts_at, service_code, country_id,
        {_SECONDS} as second
    from orders where {_IS_JUDGED} and {_JUDGED_AT} >= $1 and {_JUDGED_AT} < $2
), tallied as (
    select starts_at, second, count(*)::integer as n,
        case grouping(service_code) when 0 then service_code else '{OF_ALL_SERVICES}' end
            as service_code,
        case grouping(country_id) when 0 then country_id else {OF_ALL_COUNTRIES} end as country_id
    from judged group by starts_at, second,
        grouping sets ((service_code, country_id), (service_code), (country_id))
), counted as (
    select service_code, country_id, starts_at, sum(n)::integer as judged,
        coalesce(sum(n) filter (where second is not null), 0)::integer as received,
        coalesce(array_agg(second order by second) filter (where second is not null), '{{}}')
            as seconds,
        coalesce(array_agg(n order by second) filter (where second is not null), '{{}}') as counts
    from tallied group by service_code, country_id, starts_at
)"""

COUNT: Final = f"""
with {_HISTOGRAM}, added as (
    insert into route_counts (service_code, country_id, starts_at, is_day, judged, received,
                              seconds, counts)
    select service_code, country_id, starts_at, false, judged, received, seconds, counts
    from counted
    returning service_code, country_id
)
{_NOTE_CHANGED.format("added")}
"""

# Hours of days that are over become days, by which nothing that is shown changes.
FOLD: Final = """
with hours as (
    delete from route_counts where not is_day and starts_at < $1 returning *
), merged as (
    select service_code, country_id, date_trunc('day', starts_at, 'UTC') as day, second,
        sum(n)::integer as n
    from hours cross join lateral unnest(seconds, counts) as h (second, n)
    group by service_code, country_id, day, second
), histograms as (
    select service_code, country_id, day, array_agg(second order by second) as seconds,
        array_agg(n order by second) as counts
    from merged group by service_code, country_id, day
), sums as (
    select service_code, country_id, date_trunc('day', starts_at, 'UTC') as day,
        sum(judged)::integer as judged, sum(received)::integer as received
    from hours group by service_code, country_id, day
)
insert into route_counts (service_code, country_id, starts_at, is_day, judged, received,
                          seconds, counts)
select s.service_code, s.country_id, s.day, true, s.judged, s.received,
    coalesce(h.seconds, '{}'), coalesce(h.counts, '{}')
from sums s left join histograms h using (service_code, country_id, day)
"""

# Of the routes in {changed}, all that is kept of them, as it is shown.
_FIGURES: Final = """
kept as (
    select c.* from {changed} join route_counts c using (service_code, country_id)
), pieces as (
    select service_code, country_id, h.second, sum(h.n) as n, 0 as judged, 0 as received
    from kept cross join lateral unnest(seconds, counts) as h (second, n)
    group by service_code, country_id, h.second
    union all
    select service_code, country_id, null, 0, sum(judged), sum(received)
    from kept group by service_code, country_id
), ranked as (
    select *, sum(n) over (partition by service_code, country_id) as total,
        sum(n) over (partition by service_code, country_id order by second) as upto
    from pieces
), shown as (
    select service_code, country_id, sum(judged)::integer as sample,
        sum(received)::integer as received,
        min(second) filter (where 2 * upto >= total) as median_s,
        min(second) filter (where 10 * upto >= 9 * total) as p90_s
    from ranked group by service_code, country_id
)"""

# Some of them: above $2, up to $3.
_SOME: Final = "(select * from changed_routes where place > $2 and place <= $3) changed"

# How many figures changed that anybody sees.
PUBLISH: Final = f"""
with {_FIGURES.format(changed=_SOME)}, written as (
    insert into route_figures as f (service_code, country_id, sample, received, median_s, p90_s)
    select * from shown
    on conflict (service_code, country_id) do update
    set sample = excluded.sample, received = excluded.received, median_s = excluded.median_s,
        p90_s = excluded.p90_s, updated_at = now()
    where (f.sample, f.received, f.median_s, f.p90_s) is distinct from
          (excluded.sample, excluded.received, excluded.median_s, excluded.p90_s)
    returning sample
), gone as (
    delete from route_figures f using changed_routes r
    where r.place > $2 and r.place <= $3 and f.service_code = r.service_code and f.country_id = r.country_id
      and not exists (select from route_counts c where c.service_code = r.service_code
                      and c.country_id = r.country_id)
    returning f.sample
)
select (select count(*) from written where sample >= $1)
     + (select count(*) from gone where sample >= $1)
"""

KEEP_PROGRESS: Final = "update figure_progress set final_until = $1"

# All that can be shown. $1: smallest sample.
SHOWN: Final = """
select service_code, country_id, sample, received, median_s, p90_s
from route_figures where sample >= $1
"""

# ---- The slow way: from the orders themselves, for whoever doubts ----

COUNTED_SPAN: Final = (
    "select final_until, date_trunc('day', now(), 'UTC') as today from figure_progress"
)

# Rows of hours and days that are counted for good, and differ from the orders.
WRONG_COUNTS: Final = f"""
with {_HISTOGRAM}
select count(*) from counted
full join (
    select * from route_counts where starts_at >= $1 and starts_at < $2 and is_day = ($3 = 'day')
) kept using (service_code, country_id, starts_at)
where (counted.judged, counted.received, counted.seconds, counted.counts) is distinct from
      (kept.judged, kept.received, kept.seconds, kept.counts)
"""

# Figures that differ from what the counts say together.
WRONG_FIGURES: Final = f"""
with {_FIGURES.format(changed="(select distinct service_code, country_id from route_counts) all_routes")}
select count(*) from shown full join route_figures f using (service_code, country_id)
where (shown.sample, shown.received, shown.median_s, shown.p90_s) is distinct from
      (f.sample, f.received, f.median_s, f.p90_s)
"""
