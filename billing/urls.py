"""Pages of the wallet."""

from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [path("", views.wallet, name="wallet")]
