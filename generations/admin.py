"""What operators see of generations: what became of them, never the prompt or the pictures."""

from typing import TYPE_CHECKING

from django.contrib import admin

from accounts.admin import ReadOnly
from generations.models import Generation, ProcessStatus

# Django's own classes take no type argument while they run.
if TYPE_CHECKING:
    _GenerationAdmin = admin.ModelAdmin[Generation]
    _ProcessAdmin = admin.ModelAdmin[ProcessStatus]
else:
    _GenerationAdmin = _ProcessAdmin = admin.ModelAdmin


@admin.register(Generation)
class GenerationAdmin(ReadOnly, _GenerationAdmin):
    """Jobs, newest first; they change through generations.services alone."""

    list_display = ("id", "workspace", "model", "state", "error_code", "attempt", "cost", "tokens_used", "created_at")
    list_filter = ("state", "livemode", "model")
    list_select_related = ("workspace",)
    search_fields = ("id", "workspace__id")
    ordering = ("-created_at",)
    show_full_result_count = False
    exclude = ("params", "inputs", "result", "fingerprint", "idem_key", "result_key", "engine_ticket")


@admin.register(ProcessStatus)
class ProcessStatusAdmin(ReadOnly, _ProcessAdmin):
    """Workers and timers, as each last reported itself."""

    list_display = ("process", "kind", "queues", "busy", "seen_at", "exit_requested")
    list_filter = ("kind",)
    ordering = ("-seen_at",)
