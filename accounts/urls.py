"""Pages of keys and operators; sign-up and sign-in are allauth's, below /accounts/."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("developers/keys", views.keys, name="keys"),
    path("developers/keys/create", views.key_create, name="key_create"),
    path("developers/keys/<uuid:key_id>/revoke", views.key_revoke, name="key_revoke"),
    path("operators/enroll/<str:token>", views.enroll, name="enroll"),
]
