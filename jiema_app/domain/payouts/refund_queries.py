"""SQL about refunds that people have sent by the signer.

The payment is locked first, as by everybody who changes what is owed for it.
"""

from typing import Final

# The last word about it that somebody else has to confirm, or that was carried out.
LAST_ORDER: Final = """
select actor, is_final from refund_orders where payment_id = $1 order by id desc limit 1
"""

ORDER: Final = """
insert into refund_orders (payment_id, amount_micro, note, actor, is_final)
values ($1, $2, $3, $4, $5) returning id
"""
