#!/usr/bin/env bash
# Prove that a backup can be restored: dump, restore into a fresh server, verify the books.
# docs/operations.md explains when to run it and what to do with the result.
set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
usage: tools/restore_drill.sh [--dump FILE] [--keep FILE]

Takes a dump of the database in use (DATABASE_URL, or the embedded one, which must be
running), restores it into a fresh server in a temporary folder, migrates that copy and
runs `ledger verify` on it. The database in use is only read. Exit code 0: the backup works.

  --dump FILE   prove this dump (pg_dump --format=custom) instead of taking a new one
  --keep FILE   after the proof, write a dump without SMS texts, full phone numbers and
                idempotency keys, which may be kept longer than 24 hours

PG_PROGRAMS=/usr/lib/postgresql/19/bin uses the pg_dump and pg_restore of that folder;
by default they are those of the embedded server, version 18.
TEXT
}

dump="" keep=""
while [ $# -gt 0 ]; do
    case "$1" in
        --dump) dump="${2:?--dump needs a file}"; shift 2 ;;
        --keep) keep="${2:?--keep needs a file}"; shift 2 ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

# Files are named from where the caller stands.
case "$dump" in "" | /*) ;; *) dump="$here/$dump" ;; esac
case "$keep" in "" | /*) ;; *) keep="$here/$keep" ;; esac

python=.venv/bin/python
started=$SECONDS
umask 077

# The folder of one run. The embedded server's user must be able to walk to its data, which
# is mode 700 itself; the dump lies in a folder of its own that is closed.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/jiema-drill.XXXXXX")
chmod 755 "$scratch"
mkdir "$scratch/dump"

embedded() {
    "$python" -c 'import sys
from pathlib import Path
from jiema_app.integrations.postgres import embedded
print(getattr(embedded, sys.argv[1])(*map(Path, sys.argv[2:])))' "$@"
}

clean_up() {
    embedded stop "$scratch/data" >/dev/null 2>&1 || true
    rm -rf "$scratch"
}
trap clean_up EXIT

programs=${PG_PROGRAMS:-$("$python" -c 'from pathlib import Path
from jiema_app.integrations.postgres import embedded
print(embedded.program(Path("."), "pg_dump").parent)')}

if [ -z "$dump" ]; then
    source=$("$python" -c 'from jiema_app.integrations.postgres.address import current_address
print(current_address())')
    dump="$scratch/dump/jiema.dump"
    "$programs/pg_dump" --format=custom --no-owner --no-privileges --file="$dump" "$source"
fi
echo "dump      $(du -h "$dump" | cut -f1) $([ "$dump" = "$scratch/dump/jiema.dump" ] && echo taken || echo "$dump")"

copy=$(embedded start "$scratch/data")
"$programs/pg_restore" --exit-on-error --no-owner --no-privileges --dbname="$copy" "$dump"
echo "restored  into a fresh server"

export DATABASE_URL=$copy
echo "migrated  $("$python" -m jiema_app migrate 2>&1 | tail -1)"
if ! books=$("$python" -m jiema_app ledger verify --json); then
    echo "books     $books" >&2
    echo "error: the restored books do not balance" >&2
    exit 1
fi
echo "books     $books"

if [ -n "$keep" ]; then
    # The mask is the one of jiema_app/domain/orders/retention.py. `purged_at` stays as it
    # is, so that a restored shop still purges whatever arrives later.
    "$programs/psql" --quiet --set=ON_ERROR_STOP=1 --dbname="$copy" <<'SQL'
delete from order_sms;
update orders set idempotency_key = null,
    phone = left(phone, 4) || repeat('*', greatest(length(phone) - 6, 0)) || right(phone, 2);
SQL
    "$programs/pg_dump" --format=custom --no-owner --no-privileges --file="$keep.part" "$copy"
    mv "$keep.part" "$keep"
    echo "kept      $keep, $(du -h "$keep" | cut -f1), without texts and full numbers"
fi
echo "drill passed in $((SECONDS - started)) s"
