"""Tables as somebody would make them who needs them for the baselines alone."""

from typing import Final

SCHEMA: Final = """
create schema if not exists bare;
create table bare.accounts (
    id integer primary key, balance_micro bigint not null check (balance_micro >= 0)
);
create table bare.orders (
    id text primary key, account_id integer not null, status text not null,
    service_code text not null, country_id integer not null, price_micro bigint not null,
    activation_id text, phone text, created_at timestamptz not null default now(),
    expires_at timestamptz
);
create index on bare.orders (account_id, created_at);
create index on bare.orders (expires_at) where status in ('RESERVED', 'WAITING');
create table bare.transfers (
    id bigint generated always as identity primary key, kind text not null,
    reference text not null, created_at timestamptz not null default now(),
    unique (kind, reference)
);
create table bare.entries (
    id bigint generated always as identity primary key, transfer_id bigint not null,
    account_id integer not null, amount_micro bigint not null,
    created_at timestamptz not null default now()
);
create index on bare.entries (account_id, id);
create index on bare.entries (transfer_id);
insert into bare.accounts select n, 1000000000000 from generate_series(1, 10000) n;
"""
