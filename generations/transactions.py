"""Transactions that are tried again when PostgreSQL breaks them off for no fault of their own."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import OperationalError, transaction

T = TypeVar("T")
TRIES = 3


def durably(work: Callable[[], T]) -> T:
    """Run `work` in one durable transaction and return what it returns.

    A deadlock or a serialization failure runs it again, at most three times in all. Everything `work` does must
    therefore live in the database; what should follow a commit belongs in `transaction.on_commit`.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic(durable=True):
                return work()
        except OperationalError as error:
            is_transient = isinstance(error.__cause__, psycopg.errors.TransactionRollback)
            if not is_transient or attempt == TRIES:
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("the last attempt returns or raises")
