"""The shipped articles, as each reader gets them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.knowledge import Knowledge
from bot.knowledge.articles import Band
from bot.knowledge.checks import sentences
from bot.knowledge.services import Directory, Service, load_services
from bot.knowledge.topics import Audience
from bot.messages import Reply
from bot.triage.assessment import Role

FIRST = (
    "password_strong two_factor account_hacked personal_info stranger_contact meet_offline nude_request image_spread "
    "sextortion_help cyberbullying_help block_report child_is_bullied scam_links game_scam impersonated_police "
    "screen_time game_addiction first_phone control_android talk_to_child child_disclosed hotline_111 how_to_report "
    "confidentiality warning_signs"
).split()
ASSISTANT = "greeting thanks goodbye bot_identity capabilities talk_to_human delete_data out_of_scope".split()


def said(replies: tuple[Reply, ...]) -> str:
    return "\n\n".join(reply.text for reply in replies)


def test_the_list_names_all_topics(knowledge: Knowledge) -> None:
    assert len(knowledge.topics) == 81


@pytest.mark.parametrize("topic", FIRST + ASSISTANT)
def test_every_reader_named_for_a_topic_is_served(knowledge: Knowledge, topic: str) -> None:
    for audience in knowledge.topics[topic].audiences:
        assert knowledge.serves(topic, Role(audience.value))
        assert "{" not in said(knowledge.present(topic, Role(audience.value)))


@pytest.mark.parametrize("topic", FIRST)
def test_a_parent_does_not_get_the_childs_words(knowledge: Knowledge, topic: str) -> None:
    """Fewer than a third of the parent's sentences may stand in the child's text too; cards may be shared."""
    entries = knowledge.articles[topic].entries
    if not {Audience.CHILD, Audience.PARENT} <= set(entries):
        pytest.skip("one audience")
    child, parent = (
        {part for text in entries[who].messages[Band.FROM_11] for part in sentences(text)}
        for who in (Audience.CHILD, Audience.PARENT)
    )
    assert len(child & parent) * 3 < len(parent)


def test_a_young_child_gets_other_words(knowledge: Knowledge) -> None:
    young, older = (
        said(knowledge.present("password_strong", Role.CHILD, band)) for band in ("6-10", "11-13")
    )
    assert young != older
    assert said(knowledge.present("password_strong", Role.CHILD, "unknown")) == older


def test_a_child_never_gets_a_text_for_adults(knowledge: Knowledge) -> None:
    assert knowledge.present("control_android", Role.CHILD) == knowledge.present("out_of_scope", Role.CHILD)


def test_a_teacher_is_told_that_a_text_was_written_for_parents(knowledge: Knowledge) -> None:
    first, *rest = knowledge.present("two_factor", Role.TEACHER)
    assert first.text == knowledge.line("parents_text", Role.TEACHER)
    assert rest[0].text == knowledge.present("two_factor", Role.PARENT)[0].text


def test_an_unchecked_card_says_so(knowledge: Knowledge) -> None:
    assert "Chưa kiểm tra" in said(knowledge.present("control_android", Role.PARENT))


def test_the_last_message_carries_the_next_topics(knowledge: Knowledge) -> None:
    *earlier, last = knowledge.present("password_strong", Role.CHILD)
    assert not any(reply.buttons for reply in earlier)
    assert [button.payload for button in last.buttons] == [
        '/ask{"topic":"two_factor"}',
        '/ask{"topic":"account_hacked"}',
    ]


def test_a_follow_up_without_an_article_makes_no_button(knowledge: Knowledge) -> None:
    served = {knowledge.topics[topic].payload for topic in knowledge.articles}
    for topic in knowledge.articles:
        for button in knowledge.present(topic, Role.UNKNOWN)[-1].buttons:
            assert button.payload in served


def test_the_machine_says_that_it_is_one(knowledge: Knowledge) -> None:
    for role in Role:
        assert "không phải người thật" in said(knowledge.present("bot_identity", role))


def test_an_offer_has_a_button_for_each_option_and_one_way_out(knowledge: Knowledge) -> None:
    (reply,) = knowledge.offer(("two_factor", "scam_links", "first_phone"), Role.CHILD)
    assert [button.payload for button in reply.buttons][-1] == "/capabilities"
    assert len(reply.buttons) == 3


def test_an_offer_of_nothing_says_what_is_possible(knowledge: Knowledge) -> None:
    assert knowledge.offer((), Role.PARENT) == knowledge.present("out_of_scope", Role.PARENT)


def test_the_live_stage_serves_only_signed_texts_and_111(knowledge: Knowledge) -> None:
    live = replace(knowledge, signed_only=True)
    assert not live.serves("two_factor", Role.CHILD)
    assert live.serves("hotline_111", Role.CHILD)
    assert live.serves("bot_identity", Role.CHILD)
    signed = replace(knowledge.articles["two_factor"], reviewer="Chuyên gia A")
    assert replace(live, articles={**live.articles, "two_factor": signed}).serves("two_factor", Role.CHILD)


def test_no_article_is_shipped_signed(knowledge: Knowledge) -> None:
    assert set(knowledge.unsigned()) == set(knowledge.articles)


def test_no_contact_is_shipped_verified(knowledge: Knowledge) -> None:
    assert all(service.verified_on is None for service in knowledge.directory.services.values())
    assert knowledge.directory.services["ngaymai"].status == "off"


def test_only_the_three_known_numbers_are_shown(knowledge: Knowledge) -> None:
    shown = {key for key, service in knowledge.directory.services.items() if service.shows_phone}
    assert shown == {"111", "113", "115"}


def service(**changes: object) -> Service:
    night = Service("night", "Đêm", "0909", "dem.vn", "", "", "V", "on", date(2026, 1, 1), None)
    return replace(night, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "phone", "page"),
    [
        (service(), "0909", "dem.vn"),
        (service(verified_on=None), None, "dem.vn"),
        (service(status="off"), None, None),
        (service(verified_on=None, mark="U"), None, None),
    ],
)
def test_a_number_waits_for_an_operators_call(row: Service, phone: str | None, page: str | None) -> None:
    directory = Directory({"night": row})
    assert directory.fill("{phone.night}") == phone
    assert directory.fill("{url.night}") == page


def test_a_contact_not_called_for_long_is_reported() -> None:
    directory = Directory({"night": service()})
    assert directory.stale(date(2026, 4, 2)) == ("night",)
    assert directory.stale(date(2026, 3, 31)) == ()


def test_the_three_numbers_may_not_be_taken_out(tmp_path: Path) -> None:
    (tmp_path / "services.yml").write_text('"111": {name_vi: "Đêm", phone: "112", mark: V, status: "on"}\n')
    with pytest.raises(ContentError, match="a row 111 with phone 111"):
        load_services(tmp_path)
