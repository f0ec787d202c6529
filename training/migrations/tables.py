"""Every table of the app, in one place, so that the models can be held against the migrations."""

from training.accounts import models as accounts
from training.accounts import session_models
from training.assignments import models as assignments
from training.audit import models as audit
from training.catalog import models as catalog
from training.learning import booster_models as boosters
from training.learning import models as learning
from training.renewals import models as renewals
from training.reports import models as reports

__all__ = [
    "accounts",
    "assignments",
    "audit",
    "boosters",
    "catalog",
    "learning",
    "renewals",
    "reports",
    "session_models",
]
