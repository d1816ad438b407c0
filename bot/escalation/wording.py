"""Picks the helpline's fixed sentences by who reads them; templates.py reads and checks them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

from bot.errors import ContentError
from bot.escalation.templates import ANY, CRISIS_FILE, RAISED, SLOT, Template, Voice, read_templates
from bot.language import ENGLISH, VIETNAMESE
from bot.messages import Reply
from bot.triage.assessment import Category, Risk, Role, Teller

_MINOR = frozenset({"<6", "6-10", "11-13", "14-15", "16-17"})
_YOUNG = frozenset({"<6", "6-10"})
_CHILD_TELLERS = frozenset({Teller.CHILD_HARMED, Teller.CHILD_FOR_OTHER})
_ADULT_TELLERS = frozenset({Teller.ADULT_REPORTING, Teller.ADULT_HARMED})
# "bạn" offends nobody, so it stands before a voice that may be wrong. A key without suffix comes last for
# adults and strangers: the loader lets it stand alone only where it says no "em".
_FALLBACK: Mapping[Voice, tuple[Voice, ...]] = {
    Voice.YOUNG: (Voice.YOUNG, Voice.CHILD, Voice.UNKNOWN),
    Voice.CHILD: (Voice.CHILD, Voice.UNKNOWN),
    Voice.UNKNOWN: (Voice.UNKNOWN, Voice.CHILD),
    Voice.ADULT: (Voice.ADULT, Voice.UNKNOWN, Voice.CHILD),
    Voice.TEACHER: (Voice.TEACHER, Voice.ADULT, Voice.UNKNOWN, Voice.CHILD),
}


def load_wording(folder: Path) -> "Wording":
    """Read and check crisis.yml and system.yml; raises ``ContentError`` quoting file, key and fault."""
    return Wording(read_templates(folder))


def voice_of(role: Role, age_band: str = "unknown", teller: Teller = Teller.UNKNOWN) -> Voice:
    """Where role, age and the telling contradict each other, somebody may share the phone: say "bạn"."""
    voice = _claimed_voice(role, age_band)
    speaks_to_child = voice in {Voice.CHILD, Voice.YOUNG}
    if speaks_to_child and teller in _ADULT_TELLERS:
        return Voice.UNKNOWN
    if voice in {Voice.ADULT, Voice.TEACHER} and teller in _CHILD_TELLERS:
        return Voice.UNKNOWN
    return voice


class Wording:
    """Picks a sentence by who reads it. Every verdict names its template id, which is what is stored."""

    def __init__(self, templates: Mapping[str, Template], language: str = VIETNAMESE) -> None:
        self._templates = templates
        self._language = language
        self._crisis = _index(templates.values())
        self._acknowledgements = self._pool("utter_ack_")
        self._hidden = self._pool("utter_hidden_")
        self._check_crisis()

    def of(self, language: str) -> "Wording":
        """The same lines in another language; a line that it lacks stays Vietnamese."""
        return self if language == self._language else Wording(self._templates, language)

    def crisis(
        self,
        teller: Teller,
        risk: Risk,
        category: Category = Category.NONE,
        age_band: str = "unknown",
        role: Role = Role.UNKNOWN,
        *,
        raised: bool = False,
    ) -> tuple[str, Reply]:
        """The reply to a rise in risk; below ``emergency`` everything reads as ``high``.

        ``raised``: the person has had a crisis reply already, and the risk is now an emergency.
        Never fails for known tellers: the loader has tried every combination.
        """
        voice = voice_of(role, age_band, teller)
        urgency = Risk.EMERGENCY.code if risk >= Risk.EMERGENCY else Risk.HIGH.code
        steps = (RAISED, urgency) if raised and urgency == Risk.EMERGENCY.code else (urgency,)
        template = self._find_crisis(_wording_teller(teller, voice), steps, category, voice)
        if template is None:
            raise ContentError(f"{CRISIS_FILE}: no reply for {teller} {urgency} {voice.name.lower()}")
        return template.id, template.reply

    def acknowledgement(
        self, role: Role, n: int, *, age_band: str = "unknown", teller: Teller = Teller.UNKNOWN
    ) -> tuple[str, Reply]:
        """The ``n``-th short answer to messages after the crisis reply, in turn."""
        key = self._acknowledgements[n % len(self._acknowledgements)]
        return self.line(key, role=role, age_band=age_band, teller=teller)

    def hidden(self, n: int) -> tuple[str, Reply]:
        """The ``n``-th line of the homework talk, in turn; the same for everybody."""
        return self.line(self._hidden[n % len(self._hidden)])

    def line(
        self,
        key: str,
        *,
        role: Role = Role.UNKNOWN,
        age_band: str = "unknown",
        teller: Teller = Teller.UNKNOWN,
        **slots: object,
    ) -> tuple[str, Reply]:
        """One fixed line by its key without suffix; slots it does not use are ignored."""
        for voice in self._voices(voice_of(role, age_band, teller)):
            if key + voice in self._templates:
                return key + voice, self.by_id(key + voice, **slots)
        raise ContentError(f"{key}: no such line")

    def by_id(self, template_id: str, **slots: object) -> Reply:
        """The reply of a stored id, with its suffix."""
        template = self._templates.get(template_id)
        if template is None:
            raise ContentError(f"{template_id}: no such template")
        return Reply(_fill(template, slots), template.reply.buttons)

    def unsigned(self) -> list[str]:
        """Crisis templates that no psychologist has signed; they are served all the same."""
        return [t.id for t in self._templates.values() if t.file == CRISIS_FILE and not t.reviewer]

    def __iter__(self) -> Iterator[Template]:
        return iter(self._templates.values())

    def _find_crisis(
        self, teller: Teller, steps: tuple[str, ...], category: str, voice: Voice
    ) -> Template | None:
        """The harm's own wording goes before the general one, that goes before the fitting voice."""
        for scene, step, spoken in product((category, ANY), steps, self._voices(voice)):
            if (teller, step, scene, spoken) in self._crisis:
                return self._crisis[teller, step, scene, spoken]
        return None

    def _voices(self, voice: Voice) -> tuple[Voice, ...]:
        return (Voice.ENGLISH, *_FALLBACK[voice]) if self._language == ENGLISH else _FALLBACK[voice]

    def _pool(self, prefix: str) -> list[str]:
        keys = [t.id for t in self._templates.values() if t.id.startswith(prefix) and t.voice is Voice.CHILD]
        if not keys:
            raise ContentError(f"{prefix}1: at least one such line is needed")
        return keys

    def _check_crisis(self) -> None:
        for teller in Teller:
            for risk in (Risk.HIGH, Risk.EMERGENCY):
                for role in Role:
                    self.crisis(teller, risk, role=role)


def _claimed_voice(role: Role, age_band: str) -> Voice:
    if role in {Role.CHILD, Role.UNKNOWN} and age_band in _MINOR:
        return Voice.YOUNG if age_band in _YOUNG else Voice.CHILD
    if role is Role.UNKNOWN:
        return Voice.ADULT if age_band == ">=18" else Voice.UNKNOWN
    if role is Role.CHILD:
        return Voice.UNKNOWN if age_band == ">=18" else Voice.CHILD
    if age_band in _MINOR:
        return Voice.UNKNOWN
    return Voice.TEACHER if role is Role.TEACHER else Voice.ADULT


def _wording_teller(teller: Teller, voice: Voice) -> Teller:
    """Unclear telling by anybody but a known adult is answered as a harmed child's."""
    if teller is Teller.UNKNOWN and voice not in {Voice.ADULT, Voice.TEACHER}:
        return Teller.CHILD_HARMED
    return teller


def _index(templates: Iterable[Template]) -> dict[tuple[Teller, str, str, Voice], Template]:
    index: dict[tuple[Teller, str, str, Voice], Template] = {}
    for template in templates:
        for category in template.categories:
            key = (template.teller, template.risk, category, template.voice)
            if key in index:
                raise ContentError(f"{template.file}: {template.id}: answers the same as {index[key].id}")
            index[key] = template
    return index


def _fill(template: Template, slots: Mapping[str, object]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in slots:
            raise ContentError(f"{template.file}: {template.id}: slot {match[1]} is not given")
        return str(slots[match[1]])

    return SLOT.sub(value, template.reply.text)
