"""Pages of the studio and of one's pictures. The API has its own address map."""

from django.urls import include, path

from generations.views import favorites, frames, gallery, outlines, playground, refuse, studio, takes, trash

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
    path("gallery/trash", trash.trash, name="trash"),
    path("gallery/trash/restore", trash.restore_many, name="restore_many"),
    path("gallery/trash/empty", trash.empty, name="trash_empty"),
    path("g/<uuid:generation_id>", gallery.detail, name="detail"),
    path("g/<uuid:generation_id>/_stage", gallery.stage, name="stage"),
    path("g/<uuid:generation_id>/_take", takes.take, name="take"),
    path("g/<uuid:generation_id>/cancel", gallery.cancel, name="cancel"),
    path("g/<uuid:generation_id>/favorite", favorites.favorite, name="favorite"),
    path("g/<uuid:generation_id>/trash", trash.put, name="trash_one"),
    path("g/<uuid:generation_id>/restore", trash.restore, name="restore"),
    path("g/<uuid:generation_id>/delete", trash.delete, name="delete"),
    path("g/<uuid:generation_id>/refuse", refuse.refuse, name="refuse"),
    path("developers/playground", playground.playground, name="playground"),
    path("developers/playground/code", playground.code, name="playground_code"),
    path("developers/playground/run", playground.run, name="playground_run"),
    path("developers/playground/outcome/<uuid:generation_id>", playground.outcome, name="playground_outcome"),
    path("", include("generations.results_urls")),
]
