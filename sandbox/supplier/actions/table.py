"""Which action each dialect knows; everything else is BAD_ACTION."""

from sandbox.supplier.actions import account, lifecycle, lists, purchase
from sandbox.supplier.actions.context import Action

_COMMON: dict[str, Action] = {
    "getBalance": account.get_balance,
    "getActiveActivations": account.get_active_activations,
    "getHistory": account.get_history,
    "getNumber": purchase.get_number,
    "getNumberV2": purchase.get_number_v2,
    "getStatus": lifecycle.get_status,
    "getStatusV2": lifecycle.get_status_v2,
    "setStatus": lifecycle.set_status,
    "getCountries": lists.get_countries,
    "getServicesList": lists.get_services_list,
    "getOperators": lists.get_operators,
    "getNumbersStatus": lists.get_numbers_status,
    "getPrices": lists.get_prices,
    "getTopCountriesByService": lists.get_top_countries,
    "getTopCountriesByServiceRank": lists.get_top_countries,
}
HERO: dict[str, Action] = {
    **_COMMON,
    "finishActivation": lifecycle.finish_activation,
    "cancelActivation": lifecycle.cancel_activation,
    "getAllSms": lifecycle.get_all_sms,
}
LEGACY: dict[str, Action] = {
    **_COMMON,
    "getBalanceAndCashBack": account.get_balance,
    "getFullSms": lifecycle.get_full_sms,
    "getPricesExtended": lists.get_prices,
    "getPricesVerification": lists.get_prices_verification,
}
DIALECTS: dict[str, dict[str, Action]] = {"hero": HERO, "legacy": LEGACY}
