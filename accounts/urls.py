"""Pages of keys, settings and operators; sign-up and sign-in are allauth's, below /accounts/."""

from django.urls import path

from accounts import leaving_pages, settings_pages, views

app_name = "accounts"
urlpatterns = [
    path("developers/keys", views.keys, name="keys"),
    path("developers/keys/create", views.key_create, name="key_create"),
    path("developers/keys/<uuid:key_id>/revoke", views.key_revoke, name="key_revoke"),
    path("operators/enroll/<str:token>", views.enroll, name="enroll"),
    path("settings", settings_pages.index, name="settings"),
    path("settings/profile", settings_pages.profile, name="profile"),
    path("settings/preferences", settings_pages.choices, name="preferences"),
    path("settings/security", settings_pages.security, name="security"),
    path("settings/security/sessions/<int:session_id>/end", settings_pages.session_end, name="session_end"),
    path("settings/security/sessions/end-others", settings_pages.sessions_end, name="sessions_end"),
    path("settings/security/passkey", settings_pages.passkey_offer, name="passkey_offer"),
    path("settings/notifications", settings_pages.notifications, name="notifications"),
    path("settings/privacy", settings_pages.privacy, name="privacy"),
    path("settings/export", leaving_pages.export, name="export"),
    path("settings/export/<uuid:export_id>/file", leaving_pages.export_file, name="export_file"),
    path("settings/delete", leaving_pages.delete, name="delete"),
    path("settings/delete/scheduled", leaving_pages.leaving, name="leaving"),
    # What allauth lists on pages of its own stands on one page of ours; these come before it in the address map.
    path("accounts/2fa/", settings_pages.of_allauth),
    path("accounts/2fa/webauthn/", settings_pages.of_allauth),
    path("accounts/sessions/", settings_pages.of_allauth),
]
