"""Do at the start what the first message would otherwise wait for."""

from bot.language.phrases import compile_lines
from bot.triage.judgement import assess
from bot.triage.lexicon_file import LEXICON
from bot.triage.matching import matcher
from bot.triage.model import TriageModel

_SPOKEN = "Xin chào, em muốn hỏi một chuyện ạ"


def warm_up(model: TriageModel | None = None) -> None:
    """Compile every pattern and read one greeting; about three seconds once, nothing when called again."""
    matcher().compile_all()
    compile_lines()
    compile_lines(LEXICON / "tellers.yml")
    assess(_SPOKEN, recent=(_SPOKEN,), model=model)
