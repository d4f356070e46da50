"""``GET /account``."""

from fastapi import Request
from starlette.responses import Response

from api_routes.context import context_of, principal_of
from api_routes.envelope import ok
from api_routes.v1.responses import problems
from api_routes.v1.router import new_router
from api_routes.v1.schemas import AccountOut, Ok
from jiema_app.domain.units import cents

router = new_router()


@router.get(
    "/account",
    summary="Your balance, commission and basic profile",
    response_model=Ok[AccountOut],
    responses=problems(),
)
async def get_account(request: Request) -> Response:
    """Amounts are in cents, as strings."""
    account = await context_of(request).services.identity.get_account(principal_of(request).user_id)
    return ok(
        {
            "id": account.id,
            "balanceCents": str(cents(account.balance_micro)),
            "commissionCents": str(cents(account.commission_micro)),
            "pendingCommissionCents": str(cents(account.pending_commission_micro)),
            "referralCode": account.referral_code,
            "displayName": account.display_name,
            "lang": account.lang,
        }
    )
