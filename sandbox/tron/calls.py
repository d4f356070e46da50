"""Which path of the node is which call."""

from collections.abc import Callable
from typing import Final

from sandbox.tron import account_calls, block_calls, resource_calls, transaction_calls
from sandbox.tron.block_calls import Answer
from sandbox.tron.faults import BROADCASTS, EVERY_ACTION
from sandbox.tron.listings import NAMES
from sandbox.tron.query import Query

Call = Callable[[Query], Answer]
READING: Final[dict[str, Call]] = {
    "getnowblock": block_calls.now_block,
    "getblock": block_calls.block,
    "getblockbynum": block_calls.block_by_number,
    "getblockbyid": block_calls.block_by_id,
    "getblockbylimitnext": block_calls.blocks_by_range,
    "getblockbylatestnum": block_calls.latest_blocks,
    "gettransactionbyid": block_calls.transaction_by_id,
    "gettransactioninfobyid": block_calls.receipt_by_id,
    "gettransactioninfobyblocknum": block_calls.receipts_of_block,
    "gettransactioncountbyblocknum": block_calls.block_count,
    "getaccount": account_calls.account,
    "getassetissuebyid": resource_calls.nothing,
    "getassetissuebyname": resource_calls.nothing,
    "getassetissuelist": resource_calls.nothing,
    "getassetissuelistbyname": resource_calls.nothing,
    "getpaginatedassetissuelist": resource_calls.nothing,
    "getavailableunfreezecount": resource_calls.unfreezes_left,
    "getbandwidthprices": resource_calls.bandwidth_prices,
    "getBrokerage": resource_calls.brokerage,
    "getburntrx": resource_calls.burnt,
    "getcandelegatedmaxsize": resource_calls.delegable,
    "getcanwithdrawunfreezeamount": resource_calls.withdrawable,
    "getdelegatedresource": resource_calls.delegations,
    "getdelegatedresourcev2": resource_calls.delegations,
    "getdelegatedresourceaccountindex": resource_calls.delegation_index,
    "getdelegatedresourceaccountindexv2": resource_calls.delegation_index,
    "getenergyprices": resource_calls.energy_prices,
    "getexchangebyid": resource_calls.nothing,
    "getReward": resource_calls.reward,
    "listexchanges": resource_calls.nothing,
    "listwitnesses": resource_calls.witnesses,
    "triggerconstantcontract": transaction_calls.constant,
    "estimateenergy": transaction_calls.estimate,
    "getnodeinfo": block_calls.node_info,
}
WALLET_CALLS: Final[dict[str, Call]] = {
    **READING,
    "getaccountresource": account_calls.resources,
    "getaccountnet": account_calls.bandwidth,
    "getassetissuebyaccount": resource_calls.nothing,
    "getcontract": account_calls.contract,
    "getcontractinfo": account_calls.contract_info,
    "getnextmaintenancetime": resource_calls.next_maintenance,
    "getpaginatedexchangelist": resource_calls.nothing,
    "getpaginatedproposallist": resource_calls.nothing,
    "getproposalbyid": resource_calls.nothing,
    "listnodes": resource_calls.nodes,
    "listproposals": resource_calls.nothing,
    "gettransactionfrompending": block_calls.pending_transaction,
    "getchainparameters": account_calls.chain_parameters,
    "validateaddress": account_calls.validate_address,
    "getpendingsize": lambda query: {"pendingSize": len(query.view.chain.pool)},
    "gettransactionlistfrompending": block_calls.pending_transactions,
    "createtransaction": transaction_calls.create_transfer,
    "triggersmartcontract": transaction_calls.trigger,
    "getsignweight": transaction_calls.sign_weight,
    "getapprovedlist": transaction_calls.approved_list,
}
WALLET: Final = (*WALLET_CALLS, *sorted(BROADCASTS))
WALLET_SOLIDITY: Final = tuple(READING)
ACTIONS: Final = (EVERY_ACTION, *sorted(WALLET), *NAMES)
"""What a fault can be ordered for, as the control page offers it."""
