"""Every table, so that alembic and the tests need one import."""

from jiema_app.domain.models.api_key import ApiKey as ApiKey
from jiema_app.domain.models.catalog import Country as Country
from jiema_app.domain.models.catalog import Offer as Offer
from jiema_app.domain.models.catalog import PricingRule as PricingRule
from jiema_app.domain.models.catalog import Service as Service
from jiema_app.domain.models.ledger import LedgerAccount as LedgerAccount
from jiema_app.domain.models.ledger import LedgerBalance as LedgerBalance
from jiema_app.domain.models.ledger import LedgerEntry as LedgerEntry
from jiema_app.domain.models.ledger import LedgerTransfer as LedgerTransfer
from jiema_app.domain.models.operations import AuditRecord as AuditRecord
from jiema_app.domain.models.operations import JobState as JobState
from jiema_app.domain.models.operations import OutboxEvent as OutboxEvent
from jiema_app.domain.models.order import OPEN_STATUSES as OPEN_STATUSES
from jiema_app.domain.models.order import EndReason as EndReason
from jiema_app.domain.models.order import Order as Order
from jiema_app.domain.models.order import OrderSms as OrderSms
from jiema_app.domain.models.order import OrderStatus as OrderStatus
from jiema_app.domain.models.supplier import SupplierNotice as SupplierNotice
from jiema_app.domain.models.supplier import SupplierTask as SupplierTask
from jiema_app.domain.models.supplier import UnclaimedActivation as UnclaimedActivation
from jiema_app.domain.models.user import Role as Role
from jiema_app.domain.models.user import User as User
