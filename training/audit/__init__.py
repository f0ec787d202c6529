"""The audit log: hash-chained events, written with the facts that they record."""

from training.audit.log import append_pending, record
from training.audit.verify import Break, verify_chain

__all__ = ["Break", "append_pending", "record", "verify_chain"]
