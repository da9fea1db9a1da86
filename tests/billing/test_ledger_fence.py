"""The two fences of source code round the ledger: who may import its tables, and who may write them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger_fence import climbs

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("roomai_web", "accounts", "billing", "generations")


@pytest.mark.parametrize(
    "climb",
    [
        "wallet.posted = 5",
        "wallet.posted += 5",
        "wallet.held: int = 5",
        "a, wallet.held = 1, 2",
        "setattr(wallet, 'posted', 5)",
        "Wallet.objects.filter(id=1).update(posted=5)",
        "Wallet.objects.filter(id=1).update(**{'held': 5})",
        "Wallet.objects.create(workspace=w, posted=5)",
        "Wallet.objects.update_or_create(workspace=w, defaults={'posted': 5})",
        "Wallet.objects.bulk_update(wallets, ['held'])",
        "wallet.save(update_fields=['posted'])",
        "Wallet.objects.update(version=F('posted'))",
        "x = models.F('held') - 1",
        "LedgerEntry(kind='grant')",
        "billing.models.LedgerEntry(kind='grant').save()",
        "LedgerEntry.objects.create(kind='grant')",
        "LedgerEntry.objects.filter(id=1).delete()",
        "LedgerEntry.objects.bulk_create([])",
        "wallet.entries.create(kind='grant')",
        "async def f():\n    await LedgerEntry.objects.acreate(kind='grant')",
        "cursor.execute('UPDATE billing_wallet SET posted = 5')",
        "cursor.execute('insert into billing_ledgerentry values (1)')",
        "cursor.execute('UPDATE billing_keybudget SET committed = 0')",
        "SQL = f'DELETE FROM billing_ledgerentry WHERE id = {x}'",
    ],
)
def test_every_way_over_the_fence_is_seen(climb):
    assert len(climbs(climb)) >= 1


@pytest.mark.parametrize(
    "honest",
    [
        "ledger.hold(wallet_id=1, tokens=2, reference=r)",
        "available = wallet.posted - wallet.held",
        "Generation.objects.filter(id=1).update(state='queued')",
        "LedgerEntry.objects.for_workspace(w)[:50]",
        "cursor.execute('SELECT held FROM billing_wallet')",
        "posted = 5",
    ],
)
def test_reading_is_free(honest):
    assert climbs(honest) == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the four packages and their import contracts."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(house: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."})


def test_nobody_else_imports_billings_tables(house):
    with (house / "generations" / "services.py").open("a") as module:
        module.write("\nfrom billing.models import Wallet  # noqa\n")
    with (house / "accounts" / "workspaces.py").open("a") as module:
        module.write("\nfrom billing import ledger\n")
    with (house / "billing" / "grants.py").open("a") as module:
        module.write("\nfrom billing import journal\n")
    done = lint_imports(house)
    assert done.returncode == 1
    assert "billing.grants -> billing.journal" in done.stdout
    assert "generations.services -> billing.models" in done.stdout
    assert "accounts.workspaces -> billing.ledger" in done.stdout
