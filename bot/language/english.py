"""Whether somebody writes English, the helpline's second language, or asks for one of the two."""

import re
from functools import lru_cache

from bot.language.text import fold, nfc

VIETNAMESE, ENGLISH = "vi", "en"

# Common English words. Those in _SHARED are Vietnamese, or borrowed, as well and tell nothing alone.
_ENGLISH = frozenset(
    "i i'm im my you your he she they them his her their we our us is are was were am be been the and "
    "that this these those with without for from what how when where who why which if but not don't dont "
    "doesn't doesnt didn't didnt can't cant won't wont have has had does did will would could should "
    "please help someone somebody anyone anybody something anything nothing want need know tell told said "
    "says asked sent send about because me it its it's of at on by just really very good bad hello hey "
    "thanks thank sorry yes ok okay friend friends school phone mom dad mother father brother sister "
    "uncle aunt teacher photo picture pictures photos account password hacked online stranger bullied "
    "bullying scared afraid hurt talk do a an to in make get got can free there all any no so as safe use "
    "real person human hit hits hitting beats touches touched delete messages message report number every "
    "day night today tomorrow again always never after before class home away".split()
)
_SHARED = frozenset(
    "to do can no so me on in an a ban hay the may cam sang tin ok nam hello hey phone online report "
    "account password photo school bad it by is am be and of at us we he her his i that free".split()
)
_ASKS_ENGLISH = re.compile(
    r"\b(?:in english|english please|speak english|tieng anh di|noi tieng anh|use english)\b|\Aenglish\W*\Z"
)
_ASKS_VIETNAMESE = re.compile(
    r"\b(?:in vietnamese|vietnamese please|noi tieng viet|tieng viet di)\b|\Atieng viet\W*\Z"
)
_MARKED = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_WORD = re.compile(r"[a-z']+")
_SYLLABLE = re.compile(
    r"(?:ngh?|gh?|nh|ph|th|tr|ch|kh|gi|qu|[bcdhklmnpqrstvx])?(?:[aeiouy]{1,3})(?:ch|ng|nh|[cmnpt])?"
)
_LONG = 4
_LEAST = 0.6
# "thanks", "help me" and "real person pls" are Vietnamese by now; a request is short.
_FEWEST, _SHORT, _REQUEST = 3, 4, 6


def infer_language(text: str) -> str | None:
    """``"en"`` or ``"vi"`` where the words or a request say so; ``None`` where they leave it open."""
    plain = fold(nfc(text)).replace("’", "'")
    words = _WORD.findall(plain)
    if len(words) <= _REQUEST and _ASKS_ENGLISH.search(plain):
        return ENGLISH
    if len(words) <= _REQUEST and _ASKS_VIETNAMESE.search(plain):
        return VIETNAMESE
    if _MARKED.search(text):
        return VIETNAMESE
    if len(words) < _FEWEST or (len(words) <= _REQUEST and "thank" in plain):
        return None
    telling = [word for word in words if word in _ENGLISH and word not in _SHARED]
    foreign = [
        word for word in words if len(word) >= _LONG and word not in _ENGLISH and not _may_be_vietnamese(word)
    ]
    shared = [word for word in words if word in _SHARED]
    enough = len(telling) + len(foreign) + len(shared) >= _LEAST * len(words)
    if enough and telling and len(telling) + len(foreign) >= (1 if len(words) <= _SHORT else 2):
        return ENGLISH
    return None if telling else VIETNAMESE


@lru_cache(maxsize=8192)
def _may_be_vietnamese(word: str) -> bool:
    """A spelling that some Vietnamese syllable has without its marks."""
    return _SYLLABLE.fullmatch(word) is not None
