"""The learnt part: fitted once, kept beside the data, explained by spans, never alone in fiction."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.triage import START, Risk, TriageModel, assess, training
from bot.triage.concepts import read_concepts
from bot.triage.encoder import Encoder, open_encoder
from bot.triage.examples import load_conversations, load_examples
from bot.triage.model import ModelReading
from bot.triage.ngrams import HEADS, Ngrams

# Known to no rule as they stand.
UNKNOWN_TO_RULES = "có ông cứ nhắn em là mặc ít thôi rồi gửi cho ông xem, ông cho tiền, dặn em giấu mẹ"
LINE = {
    "id": "x1",
    "text": "chào cô",
    "role": "child",
    "risk": "none",
    "category": "none",
    "about": "unknown",
    "check_in": False,
    "style": "normal",
}


def test_a_verdict_of_the_model_names_words_of_the_message(measured_model: TriageModel):
    assessment, _ = assess(UNKNOWN_TO_RULES, model=measured_model)
    assert assessment.is_urgent
    spans = [(hit.start, hit.end) for hit in assessment.hits if hit.rule.startswith("model.")]
    assert 1 <= len(spans) <= 3
    assert all(UNKNOWN_TO_RULES[start:end].strip() for start, end in spans)


def test_a_burst_is_read_joined_by_the_model_too(measured_model: TriageModel):
    words = UNKNOWN_TO_RULES.split()
    first, last = " ".join(words[:9]), " ".join(words[9:])
    assessment, _ = assess(last, recent=(first,), model=measured_model)
    assert assessment.is_urgent
    assert all(0 <= hit.start <= hit.end <= len(last) for hit in assessment.hits)


def test_after_a_story_was_announced_the_model_is_silent(measured_model: TriageModel):
    _, state = assess("em đang kể phim nhé", START, model=measured_model)
    assessment, _ = assess(UNKNOWN_TO_RULES, state, model=measured_model)
    assert assessment.risk is Risk.NONE


def test_to_have_lied_to_somebody_is_no_retraction(measured_model: TriageModel):
    text = "tối nay chú ấy hẹn em ra nhà nghỉ, dặn không được kể ai, em nói dối mẹ là đi học thêm rồi"
    found, _ = assess(text, model=measured_model)
    assert found.is_urgent
    assert not found.retraction
    assert assess("em nói dối thôi, em đùa đấy", model=measured_model)[0].risk is Risk.NONE


def test_the_end_of_a_long_text_is_read(measured_model: TriageModel):
    filler = "hôm nay lớp em học bài rất vui và cả lớp cùng chơi. "
    grave = "mỗi tối ông chủ trọ lẻn vào phòng em, ông đè em rồi làm em đau, ông dặn em giấu mẹ"
    assert assess(filler * 60 + grave, model=measured_model)[0].is_urgent


def test_nothing_typed_is_nothing_read(measured_model: TriageModel):
    assert measured_model.read("") == ModelReading()
    assert measured_model.read("☃ 漢字") == ModelReading()


def test_the_stored_model_reads_alike(measured_model: TriageModel):
    again = replace(measured_model, ngrams=Ngrams.from_bytes(measured_model.ngrams.to_bytes()))
    assert again.read(UNKNOWN_TO_RULES) == measured_model.read(UNKNOWN_TO_RULES)


def test_the_shipped_weights_were_learnt_from_the_examples_as_they_are():
    taught = training.lessons(load_examples(), load_conversations())
    assert training.shipped(training.cache_key(taught)), "run python -m bot.triage.training"


def test_the_model_is_fitted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training, "load_examples", lambda: load_examples()[::8])
    monkeypatch.setattr(training, "load_conversations", list)
    monkeypatch.setattr(
        training, "ordinary", lambda: training.ORDINARY.joinpath("1.txt").read_text("utf-8").split("\n")[:400]
    )
    no_questions = tmp_path / "nlu"
    first = training.open_model(tmp_path, no_questions)
    monkeypatch.setattr(training, "fit", None)
    assert training.open_model(tmp_path, no_questions).read(UNKNOWN_TO_RULES) == first.read(UNKNOWN_TO_RULES)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"risk": "huge"}, "unknown label"),
        ({"category": "bullying"}, "category is none exactly"),
        ({"check_in": "no"}, "strings are required"),
        ({"style": "loud"}, "unknown style"),
        ({"text": " "}, "must not be empty"),
        ({"note": "?"}, "an object with the keys"),
    ],
)
def test_a_fault_in_the_examples_names_file_and_line(tmp_path: Path, change: dict[str, object], said: str):
    lines = [json.dumps(LINE), json.dumps(LINE | {"id": "x2", "text": "alo"} | change)]
    (tmp_path / "z.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ContentError, match=r"z\.jsonl line 2") as caught:
        load_examples(tmp_path)
    assert said in str(caught.value)


def test_one_text_cannot_have_two_labels(tmp_path: Path):
    other = LINE | {"id": "x2", "risk": "medium", "category": "distress"}
    (tmp_path / "z.jsonl").write_text(f"{json.dumps(LINE)}\n{json.dumps(other)}\n", encoding="utf-8")
    with pytest.raises(ContentError, match="x2"):
        load_examples(tmp_path)


def test_an_idea_is_found_without_marks_and_never_with_other_marks(tmp_path: Path):
    (tmp_path / "c.yml").write_text("touch: sờ|đụng chạm\nadult.kin: chú\n", encoding="utf-8")
    concepts = read_concepts(tmp_path / "c.yml")

    def ideas(*typed: str) -> set[str]:
        plain = [word.rstrip("FSRJ").translate(str.maketrans("ơôđ", "ood")) for word in typed]
        return {name for name, _ in concepts.features(list(typed), plain)}

    assert {"touch", "adult", "adult.kin", "adult>touch"} <= ideas("chuS", "so")
    assert "touch" not in ideas("chuS", "sơJ")


def test_every_category_can_be_named(measured_model: TriageModel):
    assert measured_model.ngrams.weights.shape[1] == len(HEADS)


def test_without_its_encoder_the_service_reads_on_and_says_so(
    measured_model: TriageModel, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "encoder.onnx").write_bytes(b"broken")
    assert open_encoder(tmp_path) is None
    assert "without its encoder" in caplog.text
    assert assess(UNKNOWN_TO_RULES, model=replace(measured_model, encoder=None))[0].is_urgent


def test_an_encoder_that_fails_leaves_the_verdict_to_the_others(
    measured_model: TriageModel, caplog: pytest.LogCaptureFixture
):
    broken = Encoder(None, None, {})  # type: ignore[arg-type]
    alone = replace(measured_model, encoder=None).read(UNKNOWN_TO_RULES)
    assert replace(measured_model, encoder=broken).read(UNKNOWN_TO_RULES) == alone
    assert "ông" not in caplog.text


def test_the_encoder_is_shipped_and_has_a_say(measured_model: TriageModel):
    assert measured_model.encoder is not None
    alone = replace(measured_model, encoder=None).read(UNKNOWN_TO_RULES)
    assert measured_model.read(UNKNOWN_TO_RULES).urgent != alone.urgent
