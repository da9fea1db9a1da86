"""The journal's trigger, and the view that must always be empty. The rules are named as in billing/invariants.py."""

from django.db import migrations

GUARD = """
CREATE FUNCTION billing_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Answer a mistake with a new entry.';
END
$$;
CREATE TRIGGER billing_journal_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION billing_journal_is_append_only();
"""
UNGUARD = """
DROP TRIGGER billing_journal_guard ON billing_ledgerentry;
DROP FUNCTION billing_journal_is_append_only();
"""

BREAKS = """
CREATE VIEW ledger_breaks_billing AS
WITH sums AS (
    SELECT wallet_id, sum(d_posted) AS posted, sum(d_held) AS held, count(*) AS entries, max(version) AS version
      FROM billing_ledgerentry GROUP BY wallet_id
), chain AS (
    SELECT id, version, posted_after - d_posted AS posted_from, held_after - d_held AS held_from,
           lag(version, 1, 0::bigint) OVER line AS version_before,
           lag(posted_after, 1, 0::bigint) OVER line AS posted_before,
           lag(held_after, 1, 0::bigint) OVER line AS held_before
      FROM billing_ledgerentry WINDOW line AS (PARTITION BY wallet_id ORDER BY version, id)
), open_holds AS (
    SELECT h.wallet_id, sum(h.d_held) AS held
      FROM billing_ledgerentry h
     WHERE h.kind = 'hold'
       AND NOT EXISTS (SELECT 1 FROM billing_ledgerentry r WHERE r.key = 'resolve:' || h.reference)
     GROUP BY h.wallet_id
)
SELECT 'I1' AS rule, 'wallet ' || w.id AS ref
  FROM billing_wallet w LEFT JOIN sums s ON s.wallet_id = w.id
 WHERE (w.posted, w.held, w.version, w.version)
       IS DISTINCT FROM (coalesce(s.posted, 0), coalesce(s.held, 0), coalesce(s.entries, 0), coalesce(s.version, 0))
UNION ALL
SELECT 'I1', 'entry ' || id FROM chain
 WHERE (version, posted_from, held_from) IS DISTINCT FROM (version_before + 1, posted_before, held_before)
UNION ALL
SELECT 'I2', 'wallet ' || w.id
  FROM billing_wallet w LEFT JOIN open_holds o ON o.wallet_id = w.id
 WHERE w.held <> coalesce(o.held, 0)
UNION ALL
SELECT 'I7', 'entry ' || id FROM billing_ledgerentry
 WHERE kind = 'hold' AND posted_after < held_after
    OR kind NOT IN ('refund', 'dispute') AND posted_after < held_after AND d_posted < d_held;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(BREAKS, "DROP VIEW ledger_breaks_billing;"),
    ]
