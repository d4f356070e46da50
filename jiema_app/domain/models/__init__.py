"""Every table, so that alembic and the tests need one import."""

from .api_key import ApiKey as ApiKey
from .catalog import Country as Country
from .catalog import Offer as Offer
from .catalog import PricingRule as PricingRule
from .catalog import Service as Service
from .ledger import LedgerAccount as LedgerAccount
from .ledger import LedgerBalance as LedgerBalance
from .ledger import LedgerEntry as LedgerEntry
from .ledger import LedgerTransfer as LedgerTransfer
from .operations import AuditRecord as AuditRecord
from .operations import JobState as JobState
from .operations import OutboxEvent as OutboxEvent
from .order import OPEN_STATUSES as OPEN_STATUSES
from .order import EndReason as EndReason
from .order import Order as Order
from .order import OrderSms as OrderSms
from .order import OrderStatus as OrderStatus
from .supplier import SupplierNotice as SupplierNotice
from .supplier import SupplierTask as SupplierTask
from .supplier import UnclaimedActivation as UnclaimedActivation
from .user import Role as Role
from .user import User as User
