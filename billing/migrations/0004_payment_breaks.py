"""I8: payments and the journal explain each other. The rule is named as in billing/invariants.py."""

from django.db import migrations

BREAKS = """
CREATE VIEW ledger_breaks_payments AS
WITH moved AS (
    SELECT payment_ref, wallet_id, sum(d_posted) FILTER (WHERE kind = 'purchase') AS given,
           count(*) FILTER (WHERE kind = 'purchase') AS grants, -sum(d_posted) FILTER (WHERE kind <> 'purchase') AS taken
      FROM billing_ledgerentry
     WHERE kind IN ('purchase', 'refund', 'refund_failed', 'dispute', 'dispute_won')
     GROUP BY payment_ref, wallet_id
)
SELECT 'I8' AS rule, 'purchase ' || p.id AS ref
  FROM billing_purchase p LEFT JOIN moved m ON m.payment_ref = p.payment_intent_id AND m.wallet_id = p.wallet_id
 WHERE (p.paid_at IS NOT NULL) <> (coalesce(m.grants, 0) = 1)
    OR p.paid_at IS NOT NULL AND (m.given, coalesce(m.taken, 0)) IS DISTINCT FROM (p.tokens::numeric, p.tokens_taken::numeric)
UNION ALL
SELECT 'I8', 'payment ' || m.payment_ref
  FROM moved m
 WHERE NOT EXISTS (SELECT 1 FROM billing_purchase p
                    WHERE p.payment_intent_id = m.payment_ref AND p.wallet_id = m.wallet_id)
UNION ALL
SELECT 'I8', 'entry ' || u.id
  FROM billing_ledgerentry u
  LEFT JOIN billing_ledgerentry t
    ON t.wallet_id = u.wallet_id AND t.version < u.version AND t.d_posted = -u.d_posted
   AND t.key = CASE u.kind WHEN 'refund_failed' THEN replace(u.key, 'refund_failed:', 'refund:')
                           ELSE replace(u.key, 'dispute_won:', 'dispute:') END
 WHERE u.kind IN ('refund_failed', 'dispute_won') AND t.id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_payments")]

    operations = [migrations.RunSQL(BREAKS, "DROP VIEW ledger_breaks_payments;")]
