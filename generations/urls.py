"""Pages of the studio and of one's pictures. The API has its own address map."""

from django.urls import include, path

from generations.views import frames, gallery, outlines, playground, refuse, studio, takes

app_name = "generations"
urlpatterns = [
    path("studio", studio.studio, name="studio"),
    path("studio/upload", studio.upload, name="upload"),
    path("studio/outline/<str:upload_id>", outlines.outline, name="outline"),
    path("studio/matte/<str:upload_id>.png", outlines.matte, name="matte"),
    path("studio/brush", outlines.brush, name="brush"),
    path("studio/frame/<str:upload_id>", frames.frame, name="frame"),
    path("studio/<slug:model_id>", studio.studio, name="studio_model"),
    path("gallery", gallery.gallery, name="gallery"),
    path("g/<uuid:generation_id>", gallery.detail, name="detail"),
    path("g/<uuid:generation_id>/_stage", gallery.stage, name="stage"),
    path("g/<uuid:generation_id>/_take", takes.take, name="take"),
    path("g/<uuid:generation_id>/cancel", gallery.cancel, name="cancel"),
    path("g/<uuid:generation_id>/delete", gallery.delete, name="delete"),
    path("g/<uuid:generation_id>/refuse", refuse.refuse, name="refuse"),
    path("developers/playground", playground.playground, name="playground"),
    path("developers/playground/code", playground.code, name="playground_code"),
    path("developers/playground/run", playground.run, name="playground_run"),
    path("developers/playground/outcome/<uuid:generation_id>", playground.outcome, name="playground_outcome"),
    path("", include("generations.results_urls")),
]
