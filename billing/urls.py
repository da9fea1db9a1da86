"""Pages of tokens and money, and the address Stripe's events come to."""

from django.urls import path

from billing.views import hook, refunds, shop, wallet

app_name = "billing"
urlpatterns = [
    path("billing", wallet.wallet, name="wallet"),
    path("billing/history.csv", wallet.history_csv, name="history_csv"),
    path("billing/checkout", shop.buy, name="buy"),
    path("billing/return", shop.returned, name="return"),
    path("billing/canceled/<uuid:purchase_id>", shop.canceled, name="canceled"),
    path("billing/purchases/<uuid:purchase_id>/refund", refunds.refund, name="refund"),
    path("billing/portal", shop.portal, name="portal"),
    path("pricing", shop.pricing, name="pricing"),
    path("hooks/stripe", hook.stripe, name="stripe"),
]
