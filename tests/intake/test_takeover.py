"""A human takes the chat over: the bot is silent, the words go both ways, nothing is lost."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import BadInput, Conflict, LaChanError, NotAllowed
from bot.escalation.cases import Closing
from bot.escalation.states import Outcome, ReferReason
from bot.escalation.takeover import transcript
from bot.privacy.keyring import grant, open_team_key
from bot.referrals.codes import Agency, Consent
from bot.referrals.form import ReferralForm, read_form
from bot.referrals.records import list_referrals, write_referral
from bot.rounds import Rounds
from bot.storage.tables import CaseRow, ConversationRow, OutboxRow, PageRow, ReferralRow, UserRow
from bot.triage.assessment import Role
from tests.intake.conftest import Helpline, Person

DISCLOSURE = "chu ay bat em coi do"
CLOSING = Closing(Outcome.SUPPORTED, refer=False, refer_reason=ReferReason.NOT_NEEDED)


def claimed(helpline: Helpline) -> tuple[Person, UserRow, CaseRow]:
    user, child = helpline.counsellor(), helpline.person()
    child.write(DISCLOSURE)
    child.read()
    with helpline.database.write() as session:
        case = helpline.takeover.join(session, child.cases()[0].id, user.id, child.now)
    child.read()
    return child, user, case


def test_while_a_human_holds_the_chat_the_bot_writes_nothing(helpline: Helpline) -> None:
    child, _, _ = claimed(helpline)
    for words in (DISCLOSURE, "mật khẩu là gì", "", "xoá", "gặp người thật"):
        child.write(words, after=70)
    assert child.read() == []


def test_an_urgent_message_alarms_the_holder(helpline: Helpline) -> None:
    child, _, case = claimed(helpline)
    child.write("em dang tron trong phong, chu ay dang pha cua")
    with helpline.database.read() as session:
        page = session.scalars(select(PageRow).where(PageRow.acknowledged_at.is_(None))).one()
    assert page.case_id == case.id


def test_a_bot_line_queued_before_the_claim_never_follows_it(helpline: Helpline) -> None:
    user, child = helpline.counsellor(), helpline.person()
    child.write(DISCLOSURE)
    with helpline.database.write() as session:
        helpline.takeover.join(session, child.cases()[0].id, user.id, child.now)
    texts = child.read()
    assert len(texts) == 1 and "An toàn" not in texts[0]
    with helpline.database.read() as session:
        assert session.scalars(select(OutboxRow.state).where(OutboxRow.author == "bot")).all() == [
            "withdrawn"
        ]


def test_the_counsellors_words_reach_the_child_and_stand_sealed_in_the_transcript(helpline: Helpline) -> None:
    child, user, case = claimed(helpline)
    with helpline.database.write() as session:
        helpline.takeover.say(session, case.id, user.id, "Cô Hoa đây, cô đang nghe em.", child.now)
    assert child.read() == ["Cô Hoa đây, cô đang nghe em."]
    with helpline.database.read() as session:
        key = open_team_key(session, session.get_one(UserRow, user.id), "mat khau dai")
        assert key is not None
        lines = transcript(session, session.get_one(CaseRow, case.id), key)
    assert [line.author for line in lines] == ["person", "bot", "system", "counsellor"]
    assert lines[0].text == DISCLOSURE and lines[0].hits


def test_two_counsellors_racing_one_wins(helpline: Helpline) -> None:
    users = [helpline.counsellor(name) for name in ("hoa", "lan", "mai", "tam")]
    child = helpline.person()
    child.write(DISCLOSURE)
    case_id, outcomes = child.cases()[0].id, []

    def race(user: UserRow) -> None:
        try:
            with helpline.database.write() as session:
                helpline.takeover.join(session, case_id, user.id, child.now)
            outcomes.append("won")
        except Conflict:
            outcomes.append("lost")

    threads = [threading.Thread(target=race, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "lost", "lost", "won"]


def test_only_the_holder_writes_hands_back_or_closes(helpline: Helpline) -> None:
    child, _, case = claimed(helpline)
    other = helpline.counsellor("other")
    for act in (
        lambda s: helpline.takeover.say(s, case.id, other.id, "x", child.now),
        lambda s: helpline.takeover.give_back(s, case.id, other.id, child.now),
        lambda s: helpline.takeover.close(s, case.id, other.id, CLOSING, child.now),
    ):
        with pytest.raises(NotAllowed), helpline.database.write() as session:
            act(session)


def test_after_handing_back_the_bot_answers_again_and_the_case_stays_open(helpline: Helpline) -> None:
    child, user, case = claimed(helpline)
    with helpline.database.write() as session:
        helpline.takeover.give_back(session, case.id, user.id, child.now)
    assert len(child.read()) == 1
    assert child.write("em hỏi về mật khẩu").awaits_dialogue
    assert child.cases()[0].state == "handed_back"


def test_new_urgency_after_handing_back_queues_the_same_case_again(helpline: Helpline) -> None:
    child, user, case = claimed(helpline)
    with helpline.database.write() as session:
        helpline.takeover.give_back(session, case.id, user.id, child.now)
    child.write(DISCLOSURE)
    [again] = child.cases()
    assert (again.id, again.state) == (case.id, "queued")


def test_a_closed_case_stays_closed_and_new_urgency_opens_another(helpline: Helpline) -> None:
    child, user, case = claimed(helpline)
    with helpline.database.write() as session:
        helpline.takeover.close(session, case.id, user.id, CLOSING, child.now)
    child.read()
    child.write(DISCLOSURE)
    assert [row.state for row in child.cases()] == ["closed", "queued"]
    assert "111" in child.read()[0]


def test_a_decision_and_its_reason_must_agree(helpline: Helpline) -> None:
    child, user, case = claimed(helpline)
    wrong = Closing(Outcome.REFERRED, refer=True, refer_reason=ReferReason.NOT_NEEDED)
    with pytest.raises(BadInput), helpline.database.write() as session:
        helpline.takeover.close(session, case.id, user.id, wrong, child.now)
    assert child.cases()[0].state == "claimed"


def test_closing_carries_out_an_erasure_that_waited(helpline: Helpline) -> None:
    user, child = helpline.counsellor(), helpline.person()
    child.write(DISCLOSURE)
    child.read()
    child.write("xoá")
    child.read()
    child.tap("Xoá đi")
    case_id = child.cases()[0].id
    with helpline.database.write() as session:
        helpline.takeover.join(session, case_id, user.id, child.now)
        helpline.takeover.close(session, case_id, user.id, CLOSING, child.now)
    with helpline.database.read() as session:
        assert session.scalars(select(ConversationRow)).all() == []
        assert session.get_one(CaseRow, case_id).outcome == "supported"


def test_a_silent_counsellor_loses_the_case_and_the_child_is_told(helpline: Helpline) -> None:
    child, _, _ = claimed(helpline)
    child.write("co oi")
    rounds = Rounds(
        helpline.database,
        helpline.outbox,
        helpline.takeover,
        helpline.takeover._wording,
        helpline.intake,
        helpline.settings,
    )
    rounds.leases(child.now + timedelta(seconds=301))
    assert child.cases()[0].state == "claimed" and child.cases()[0].warned_at is not None
    child.now += timedelta(seconds=361)
    rounds.leases(child.now)
    assert child.cases()[0].state == "queued"
    assert len(child.read()) == 1


def test_the_referral_record_holds_codes_only(helpline: Helpline) -> None:
    child, _, case = claimed(helpline)
    form = ReferralForm(Agency.HOTLINE_111, Consent.AGREED, commune_code="01273")
    with helpline.database.write() as session:
        write_referral(session, form, case, Role.CHILD, child.now)
    with helpline.database.read() as session:
        [record] = list_referrals(session)
        stored = repr({column.name: getattr(record, column.name) for column in ReferralRow.__table__.columns})
    assert record.risk_type == ["sexual_abuse"] and record.created_at.minute == 0
    for secret in (DISCLOSURE, case.code, child.conversation_id or "-", child.chat_id):
        assert secret not in stored


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "referred_to"),
        ({"referred_to": "hotline_111"}, "consent_state"),
        ({"referred_to": "hotline_111", "consent_state": "agreed", "commune_code": "99999"}, "commune_code"),
        (
            {"referred_to": "hotline_111", "consent_state": "agreed", "online_platform": ["myspace"]},
            "online_platform",
        ),
    ],
)
def test_a_form_with_an_unknown_code_is_refused_by_name(given: dict[str, object], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        read_form(given)  # type: ignore[arg-type]


def test_a_second_account_reads_nothing_until_a_holder_grants_the_key(helpline: Helpline) -> None:
    first, second = helpline.counsellor("first"), helpline.counsellor("second", "supervisor")
    with helpline.database.write() as session:
        row = session.get_one(UserRow, second.id)
        assert open_team_key(session, row, "mat khau dai") is None
        key = open_team_key(session, session.get_one(UserRow, first.id), "mat khau dai")
        assert key is not None
        grant(session, key, row, first.id, helpline.start)
        assert open_team_key(session, row, "mat khau dai") == key


def test_admin_and_auditor_never_hold_the_key(helpline: Helpline) -> None:
    first = helpline.counsellor("first")
    admin = helpline.counsellor("admin", "admin")
    with helpline.database.write() as session:
        key = open_team_key(session, session.get_one(UserRow, first.id), "mat khau dai")
        assert key is not None
        with pytest.raises(NotAllowed):
            grant(session, key, session.get_one(UserRow, admin.id), first.id, helpline.start)


def test_what_came_before_the_first_counsellor_is_readable_to_them(helpline: Helpline) -> None:
    child = helpline.person()
    child.write(DISCLOSURE)
    user = helpline.counsellor()
    with helpline.database.read() as session:
        key = open_team_key(session, session.get_one(UserRow, user.id), "mat khau dai")
        assert key is not None
        assert transcript(session, child.cases()[0], key)[0].text == DISCLOSURE


def test_the_bots_own_secrets_do_not_open_what_it_wrote(helpline: Helpline) -> None:
    helpline.counsellor()
    child = helpline.person()
    child.write(DISCLOSURE)
    with helpline.database.read() as session:
        for held in (helpline.secrets.service, helpline.secrets.pseudonym, helpline.secrets.spool):
            with pytest.raises(LaChanError):
                transcript(session, child.cases()[0], held)
