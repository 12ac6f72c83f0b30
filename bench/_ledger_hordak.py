"""django-hordak on PostgreSQL: one transfer a transaction, as its documentation shows.

It has no limit on an account and no idempotency. The limit is what an application writes around
it: lock the payer's row, ask for its balance, then transfer.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np
import numpy.typing as npt

from sandrail.ledger import RowColumns

__all__ = ["Hordak", "hordak_models"]


def hordak_models(url: str) -> ModuleType | None:
    """Set Django up on a database and return hordak's models, or None when it is not installed."""
    try:
        import django
        import hordak  # noqa: F401
    except ImportError:
        return None
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            DATABASES={"default": _database(url)},
            INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
            CURRENCIES=["PKR"], DEFAULT_CURRENCY="PKR", USE_TZ=True, SECRET_KEY="benchmark",
        )  # fmt: skip
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    from hordak import models

    found: ModuleType = models
    return found


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", "")),
    }


class Hordak:
    """A root account and customers' accounts, new for each round."""

    def __init__(self, models: ModuleType, *, accounts: int, funds: int) -> None:
        from moneyed import Money

        self._models, self._money = models, Money
        models.Leg.objects.all().delete()
        models.Transaction.objects.all().delete()
        models.Account.objects.all().delete()
        outside = models.Account.objects.create(name="0", type="AS", currencies=["PKR"])
        self._accounts = [outside]
        for no in range(1, accounts + 1):
            customer = models.Account.objects.create(name=str(no), type="LI", currencies=["PKR"])
            self._accounts.append(customer)
            self._transfer(0, no, funds * (1_000 if no == 1 else 1))

    def _transfer(self, debit: int, credit: int, amount: int) -> None:
        giver, taker = self._accounts[debit], self._accounts[credit]
        taker.transfer_to(giver, self._money(amount, "PKR"))

    def post(self, rows: RowColumns) -> npt.NDArray[np.uint8]:
        """Post one by one, each in a transaction of its own; return an outcome per row."""
        from django.db import transaction

        outcomes = []
        columns = (rows.debit.tolist(), rows.credit.tolist(), rows.amount_lo.tolist())
        for debit, credit, amount in zip(*columns, strict=True):
            with transaction.atomic():
                key = self._accounts[debit].pk
                payer = self._models.Account.objects.select_for_update().get(pk=key)
                held = payer.get_balance()["PKR"].amount
                if held >= amount:
                    self._transfer(debit, credit, amount)
                outcomes.append(1 if held >= amount else 28)
        return np.array(outcomes, dtype="u1")
