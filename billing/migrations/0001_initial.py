import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Wallet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("posted", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
                ("version", models.BigIntegerField(default=0)),
                ("frozen", models.BooleanField(default=False)),
                ("freeze_reason", models.CharField(blank=True, max_length=64)),
                ("real_money", models.BooleanField(default=False)),
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wallet", to="accounts.workspace"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("purchase", "Purchase"),
                            ("grant", "Grant"),
                            ("hold", "Reserved"),
                            ("post", "Picture"),
                            ("void", "Released"),
                            ("expire_hold", "Released at the deadline"),
                            ("refund", "Refund"),
                            ("refund_failed", "Refund failed"),
                            ("dispute", "Dispute"),
                            ("dispute_won", "Dispute won"),
                            ("goodwill", "Returned"),
                            ("adjust", "Adjustment"),
                        ],
                        max_length=16,
                    ),
                ),
                ("d_posted", models.BigIntegerField()),
                ("d_held", models.BigIntegerField()),
                ("posted_after", models.BigIntegerField()),
                ("held_after", models.BigIntegerField()),
                ("key", models.CharField(max_length=200, unique=True)),
                ("reference", models.UUIDField(null=True)),
                ("payment_ref", models.CharField(blank=True, max_length=255)),
                (
                    "contra",
                    models.CharField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("promo", "Promotion"),
                            ("usage", "Usage"),
                            ("goodwill", "Goodwill"),
                            ("writeoff", "Write-off"),
                            ("none", "None"),
                        ],
                        max_length=16,
                    ),
                ),
                ("actor", models.CharField(max_length=64)),
                ("reason", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=models.Func(function="clock_timestamp", output_field=models.DateTimeField())
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="billing.wallet"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=models.Q(("held__gte", 0)), name="billing_wallet_held_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["wallet", "kind", "created_at"], name="billing_entry_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(fields=("wallet", "version"), name="billing_entry_version_once"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("d_held", 0),
                        ("d_posted__gt", 0),
                        ("kind__in", ["purchase", "grant", "refund_failed", "dispute_won", "goodwill"]),
                    ),
                    models.Q(("d_held", 0), ("d_posted__lt", 0), ("kind__in", ["refund", "dispute"])),
                    models.Q(("d_held__gte", 0), ("d_posted", 0), ("kind", "hold")),
                    models.Q(
                        ("d_held__lte", 0),
                        ("d_posted__gte", models.F("d_held")),
                        ("d_posted__lte", 0),
                        ("kind", "post"),
                    ),
                    models.Q(("d_held__lte", 0), ("d_posted", 0), ("kind__in", ["void", "expire_hold"])),
                    models.Q(("d_held", 0), ("kind", "adjust"), models.Q(("d_posted", 0), _negated=True)),
                    _connector="OR",
                ),
                name="billing_entry_signs",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "hold"), _negated=True),
                    ("posted_after__gte", models.F("held_after")),
                    _connector="OR",
                ),
                name="billing_entry_hold_covered",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["refund", "dispute"]),
                    ("posted_after__gte", models.F("held_after")),
                    ("d_posted__gte", models.F("d_held")),
                    _connector="OR",
                ),
                name="billing_entry_never_deeper",
            ),
        ),
    ]
