"""What a key may spend in a month, and the rule (I10) that its count is what the journal says."""

import django.db.models.deletion
from django.db import migrations, models

BREAKS = """
CREATE VIEW ledger_breaks_budgets AS
WITH explained AS (
    SELECT substr(h.actor, 5) AS api_key_id, date_trunc('month', h.created_at AT TIME ZONE 'UTC')::date AS period,
           sum(CASE WHEN r.id IS NULL THEN h.d_held ELSE -r.d_posted END) AS tokens
      FROM billing_ledgerentry h LEFT JOIN billing_ledgerentry r ON r.key = 'resolve:' || h.reference
     WHERE h.kind = 'hold' AND h.actor LIKE 'key %'
     GROUP BY 1, 2
)
SELECT 'I10' AS rule, 'key ' || b.api_key_id || ' in ' || to_char(b.period, 'YYYY-MM') AS ref
  FROM billing_keybudget b
  LEFT JOIN explained e ON e.api_key_id = b.api_key_id::text AND e.period = b.period
 WHERE b.committed <> coalesce(e.tokens, 0);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit"), ("billing", "0005_once")]

    operations = [
        migrations.CreateModel(
            name="KeyBudget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.DateField()),
                ("committed", models.BigIntegerField()),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.apikey"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("api_key", "period"), name="billing_keybudget_once"),
                    models.CheckConstraint(
                        condition=models.Q(("committed__gte", 0)), name="billing_keybudget_not_negative"
                    ),
                ],
            },
        ),
        migrations.RunSQL(BREAKS, "DROP VIEW ledger_breaks_budgets;"),
    ]
