"""One message at the door: what was said is sealed, read and answered, all in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.choices import chosen, latest_choices
from bot.delivery import Author
from bot.escalation import cases
from bot.escalation.states import Reason
from bot.hearing import learn_person, read_message, settle_after_pause
from bot.language import SafetyAnswer, fold, read_command, read_safety_answer, says_danger
from bot.messages import InboundMessage, Kind, Reply
from bot.outbox import ANSWER
from bot.privacy.erasure import KEEP_FOR_CASE, erase_conversation, hide_until_closed
from bot.privacy.sealing import lock, seal
from bot.recall import remember_platform_id
from bot.routing import Line, Mode, Route, Situation, route
from bot.speaking import Desk, Speaker
from bot.storage.conversations import remember_address
from bot.storage.tables import AssessmentRow, ChoiceRow, ConversationRow, MessageRow, TurnRow
from bot.triage.assessment import Assessment, Category, Risk, Role, Teller

CLEAR, COVER = "clear", "cover"
UNSUPPORTED_EVERY = timedelta(hours=1)
UNSUPPORTED_ITEM = timedelta(days=1)


class Outcome(StrEnum):
    """What became of a message at the door."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SPOOLED = "spooled"


@dataclass(frozen=True, repr=False)
class Receipt:
    """``outbox`` rows should be tried at once; ``direct`` is said without a row, for nothing may keep it.

    ``unanswered`` is the spooled message whose crisis reply ``direct`` is: tell ``Intake.answered`` once it is said.
    """

    outcome: Outcome
    conversation_id: str | None = None
    outbox: tuple[int, ...] = ()
    awaits_dialogue: bool = False
    direct: Reply | None = None
    direct_id: str = ""
    unanswered: InboundMessage | None = None
    view: str = ""


class Arrival:
    """One message, from its first row to its answer, inside the caller's transaction."""

    def __init__(
        self,
        desk: Desk,
        session: Session,
        conversation: ConversationRow,
        message: InboundMessage,
        dedupe: str,
        now: datetime,
        answered: bool,
    ) -> None:
        self._desk = desk
        self._settings = desk.settings
        self._secrets = desk.secrets
        self._session = session
        self._conversation = conversation
        self._message = message
        self._dedupe = dedupe
        self._now = now
        self._answered = answered
        self._case = cases.open_case_of(session, conversation.id)

    def handle(self) -> Receipt:
        """Store, read, decide, and carry out."""
        remember_address(
            self._conversation, self._secrets, self._message.chat_id, self._now, self._settings.address_days
        )
        choices = latest_choices(self._session, self._conversation.id, self._now)
        choice = chosen(self._session, self._conversation.id, self._message, choices)
        settle_after_pause(self._conversation, self._now)
        role_changed = learn_person(self._conversation, self._case, self._message.text, choice)
        reading = self._read(choice)
        row_id = self._keep(reading, choice)
        decision = route(self._situation(_said_now(reading), choice, choices))
        return self._carry_out(decision, choice, row_id, role_changed)

    def _read(self, choice: ChoiceRow | None) -> Assessment:
        text = self._message.text
        if not text.strip() or (choice is not None and fold(text).strip() == choice.title_folded):
            return Assessment()
        key, window = self._secrets.service, timedelta(seconds=self._settings.burst_window_seconds)
        return read_message(self._conversation, text, key, window, self._now, self._desk.model)

    def _keep(self, reading: Assessment, choice: ChoiceRow | None) -> int:
        message, conversation = self._message, self._conversation
        said = _said(message.text, choice)
        row = MessageRow(
            conversation_id=conversation.id,
            dedupe=self._dedupe,
            author=Author.PERSON,
            kind=message.kind,
            sealed_text=seal(conversation.public_key, said.encode()) if said else None,
            sent_at=message.sent_at,
            received_at=self._now,
        )
        remember_platform_id(row, self._secrets.service, message.platform_id)
        self._session.add(row)
        self._session.flush()
        self._session.add(
            AssessmentRow(
                message_id=row.id,
                risk=int(reading.risk),
                category=reading.category,
                about=reading.about,
                teller=reading.teller,
                check_in=reading.check_in,
                retraction=reading.retraction,
                hits=[[hit.rule, hit.start, hit.end] for hit in reading.hits],
            )
        )
        conversation.turns += 1
        conversation.last_in_at = self._now
        return row.id

    def _situation(
        self, reading: Assessment, choice: ChoiceRow | None, choices: list[ChoiceRow]
    ) -> Situation:
        conversation, now = self._conversation, self._now
        text = self._message.text
        case = self._case
        asked_safety = any(row.payload.startswith("safety:") for row in choices)
        return Situation(
            kind=self._message.kind,
            reading=reading,
            command=read_command(text) if choice is None else None,
            safety_answer=self._safety_answer(asked_safety) if text and choice is None else None,
            payload=choice.payload if choice else None,
            adult=conversation.role in {Role.PARENT, Role.TEACHER},
            empty=not text.strip(),
            unknown_button=self._message.kind is Kind.CHOICE and choice is None,
            mode=Mode(conversation.mode),
            held=case is not None and case.state == "claimed",
            late=now - self._message.sent_at > timedelta(minutes=self._settings.late_minutes),
            case_risk=Risk(case.risk) if case else None,
            answered_risk=Risk(conversation.answered_risk) if case else Risk.NONE,
            # An acknowledgement that is still to come answers this message too.
            may_acknowledge=conversation.acknowledged_at is None or conversation.acknowledged_at <= now,
            may_say_late=self._waited(
                conversation.acknowledged_at, timedelta(seconds=self._settings.acknowledge_seconds)
            ),
            may_repeat_unsupported=self._waited(conversation.unsupported_at, UNSUPPORTED_EVERY),
            unsupported_today=self._message.kind is Kind.UNSUPPORTED
            and cases.called_since(
                self._session, conversation.id, Reason.UNSUPPORTED, now - UNSUPPORTED_ITEM
            ),
        )

    def _safety_answer(self, asked: bool) -> SafetyAnswer | None:
        """After the safety question its answer; after a disclosure a plain word of danger at any time."""
        if asked:
            return read_safety_answer(self._message.text)
        danger = self._has_urgent_case() and says_danger(self._message.text)
        return SafetyAnswer.UNSAFE if danger else None

    def _waited(self, since: datetime | None, wait: timedelta) -> bool:
        return since is None or self._now - since >= wait

    def _carry_out(
        self, decision: Route, choice: ChoiceRow | None, row_id: int, role_changed: bool
    ) -> Receipt:
        self._call_human(decision, role_changed)
        if decision.mode is not None:
            self._conversation.mode = decision.mode
        if decision.erase:
            return self._erase(decision)
        hides = decision.mode is Mode.HIDDEN
        if hides:
            self._desk.outbox.withdraw(self._session, self._conversation.id, {Author.BOT, Author.SYSTEM})
        if decision.line is not None:
            # The rest of an answer must not come between our line and what it asks.
            self._desk.outbox.withdraw(self._session, self._conversation.id, {Author.BOT}, ANSWER)
        if decision.to_rasa:
            self._queue_turn(decision.reading, choice, row_id)
        sent = () if decision.line is None or self._answered else self._say(decision)
        if decision.reading.is_urgent:
            self._end_dialogue(decision.reading)
        view = COVER if hides else ""
        return Receipt(Outcome.STORED, self._conversation.id, sent, decision.to_rasa, view=view)

    def _call_human(self, decision: Route, role_changed: bool) -> None:
        if decision.call is not None:
            opened = cases.call_for_human(
                self._session, self._conversation, decision.reading, decision.call, self._now
            )
            self._case = opened.case
        if self._case is None:
            return
        self._speak_to_a_child(decision.reading)
        cases.unflag(self._case, "unreachable")
        for name in (*decision.flags, *(("other_person",) if role_changed else ())):
            cases.flag(self._session, self._case, name, self._now)
        if self._case.state == "claimed" and self._case.unanswered_since is None:
            self._case.unanswered_since = self._now

    def _speak_to_a_child(self, reading: Assessment) -> None:
        """Who tells of their own or a friend's harm as a child is addressed as one, though no role was given."""
        child = reading.teller in {Teller.CHILD_HARMED, Teller.CHILD_FOR_OTHER}
        if child and self._conversation.role == Role.UNKNOWN:
            self._conversation.role = Role.CHILD

    def _end_dialogue(self, reading: Assessment) -> None:
        """The running form ends, and the calm questions of the same burst are not answered after a crisis."""
        self._conversation.end_form = True
        if self._conversation.erase_due_at is not None:
            # What is told after "xoá" is told anew; its own 72 hours begin now.
            self._conversation.erase_due_at = self._now + KEEP_FOR_CASE
        self._conversation.answered_risk = max(self._conversation.answered_risk, int(reading.risk))
        self._session.execute(
            update(TurnRow)
            .where(TurnRow.conversation_id == self._conversation.id, TurnRow.state == "pending")
            .values(state="dropped", passing_text=None)
        )

    def _queue_turn(self, reading: Assessment, choice: ChoiceRow | None, row_id: int) -> None:
        payload = choice.payload if choice else None
        wait = timedelta(seconds=0 if payload else self._settings.burst_seconds)
        self._session.add(
            TurnRow(
                conversation_id=self._conversation.id,
                message_id=row_id,
                passing_text=lock(self._secrets.service, self._message.text.encode()),
                payload=payload,
                metadata_={
                    "risk": reading.risk.code,
                    "category": reading.category,
                    "about": reading.about,
                    "check_in": reading.check_in,
                },
                created_at=self._now,
                due_at=self._now + wait,
            )
        )

    def _erase(self, decision: Route) -> Receipt:
        conversation = self._conversation
        self._desk.recalls.request(self._session, conversation, self._now)
        if decision.line is not Line.ERASE_LATER and not self._has_urgent_case():
            on_phone = self._desk.replies.stays_on_phone(conversation, self._now)
            template_id, direct = self._desk.replies.plain(
                Line.ERASED, Role(conversation.role), on_phone=on_phone, language=conversation.language
            )
            erase_conversation(self._session, conversation, self._now)
            return Receipt(Outcome.STORED, direct=direct, direct_id=template_id, view=CLEAR)
        hide_until_closed(self._session, conversation, self._now)
        sent = () if decision.line is None else self._say(decision)
        return Receipt(Outcome.STORED, conversation.id, sent, view=CLEAR)

    def _say(self, decision: Route) -> tuple[int, ...]:
        speaker = Speaker(self._desk, self._session, self._conversation, self._case, self._now)
        return speaker.say(decision.line or Line.ACKNOWLEDGE, decision.reading)

    def _has_urgent_case(self) -> bool:
        return self._case is not None and self._case.risk >= Risk.HIGH


def _said(text: str, choice: ChoiceRow | None) -> str:
    """What a counsellor reads: beside a bare number stands the answer that it chose."""
    if choice is None or fold(text).strip() == choice.title_folded:
        return text
    return f"{text} ({choice.title})".strip()


def _said_now(reading: Assessment) -> Assessment:
    """A risk without any hit is what the talk has already shown ("dạ" after a disclosure), not a new cry."""
    return reading if reading.hits else replace(reading, risk=Risk.NONE, category=Category.NONE)
