"""What ``doctor`` says about paying out."""

from jiema_app.bootstrap import Services
from jiema_app.commands.findings import Finding
from jiema_app.domain.payouts.watch import Standing
from jiema_app.domain.units import usdt_text


async def examine_payouts(services: Services) -> list[Finding]:
    """The signer, the hot wallet and what waits: one line where all is well, else one for each."""
    watch = services.payouts.watch
    standing = await watch.look()
    if standing.hot is None:
        return [Finding("payouts", ok=True, detail="nothing is paid out here")]
    alarms = watch.alarms(standing)
    found = [
        Finding(one.name.replace("_", " "), ok=False, detail=one.words, remedy=one.remedy)
        for one in alarms
    ]
    return [Finding("payouts", ok=True, detail=_describe(standing)), *found]


def _describe(standing: Standing) -> str:
    usdt = "?" if standing.hot_micro is None else usdt_text(standing.hot_micro)
    trx = "?" if standing.hot_sun is None else usdt_text(standing.hot_sun)
    age = standing.pulse_age_s
    seen = "never seen" if age is None else f"seen {age:.0f} s ago"
    return (
        f"{standing.queued} queued, {standing.under_way} on their way, "
        f"{standing.for_a_person} for a person; signer {seen}; hot wallet {usdt} USDT, {trx} TRX"
    )
