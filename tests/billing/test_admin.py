import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from billing.models import LedgerEntry, Wallet
from tests import factories
from tests.billing.wallets import figures


@pytest.mark.parametrize("model", [Wallet, LedgerEntry])
def test_operators_change_nothing_here(db, model):
    boss = factories.person("boss")
    boss.user.is_staff = boss.user.is_superuser = True
    request = RequestFactory().post(reverse(f"admin:billing_{model._meta.model_name}_changelist"))
    request.user = boss.user
    pages = admin.site.get_model_admin(model)
    assert not pages.has_add_permission(request)
    assert not pages.has_change_permission(request)
    assert not pages.has_delete_permission(request)


@pytest.mark.parametrize("model", [Wallet, LedgerEntry])
def test_operators_see_everything(alice, model):
    alice.user.is_staff = alice.user.is_superuser = True
    request = RequestFactory().get("/", {"q": str(alice.workspace.id)})
    request.user = alice.user
    listed = admin.site.get_model_admin(model).changelist_view(request).render().content.decode()
    assert "10" in listed
    assert figures(alice.wallet_id) == (10, 0)
