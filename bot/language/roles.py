"""Who is writing, as far as the words say. Silence is better than a wrong guess."""

from bot.language.phrases import phrases, says
from bot.language.view import views
from bot.triage.assessment import Role


def infer_role(text: str) -> Role | None:
    """Read the writer's role off one message, or ``None`` when the words leave it open."""
    read = views(text)
    if says(read, phrases()["teacher"]):
        return Role.TEACHER
    if says(read, phrases()["parent"]):
        return Role.PARENT
    if says(read, phrases()["child"]) and not says(read, phrases()["not_child"]):
        return Role.CHILD
    return None
