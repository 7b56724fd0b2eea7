"""Names and places in Chinese, where no space tells where a word ends.

A family name and one or two characters more are a name before a title (先生), behind a cue (姓名),
or alone between marks where the further characters are ones that names are made of.
"""

import functools
import re
from collections.abc import Iterator

from rightful.screening.recognisers import lists
from rightful.screening.recognisers.latin import Hit
from rightful.screening.recognisers.recogniser import NAME, PLACE

_HAN = "一-龥"
_TITLES = (
    "先生|女士|小姐|太太|夫人|老师|教授|博士|医生|大夫|护士|律师|法官|经理|总经理|董事长|主任|院士|"
    "校长|书记|局长|处长|科长|部长|院长|同学|同志|师傅|警官|记者|编辑|工程师|阿姨|叔叔|爷爷|奶奶"
)
_SAYS = "说|表示|认为|指出|告诉|介绍|回忆|称|坦言|强调|写道|问道|回答"
_CUES = (
    "姓名|名字叫|名叫|名为|本名|真名|化名|我叫|他叫|她叫|你叫|叫做|联系人|收件人|收货人|寄件人|负责人|"
    "申请人|被申请人|原告|被告人?|患者|病人|嫌疑人|法定代表人|法人代表|代理人|户主|作者|记者|编辑|"
    "导演|主演|签名|签字|署名|此致|亲爱的|尊敬的|丈夫|妻子|儿子|女儿|同事|朋友|同学|司机|村民|市民"
)
_BEHIND = (
    "在|和|与|的|是|将|已|也|、|,|\uff0c|。|等|去|来|打|批|说|一起|负责|担任|参加|出席|主持|先后"
)
# What ends a name: these stand right behind one, and are in none.
_NOT_IN_NAMES = (
    "的了是在和与说我你他她这那有不没也都就要去来到从被把给对会能向于以及之等很及为跟同又还将"
    "让请吗呢吧啊过着上下里中"
)


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    one, *rest = lists.lines("surnames_zh")
    surname = f"(?:{'|'.join(word for line in rest for word in line.split())}|[{one}])"
    further = f"(?:(?![{_NOT_IN_NAMES}])[{_HAN}])"
    usual = f"[{''.join(lists.lines('given_zh'))}]"
    return (
        re.compile(f"({surname}{usual}{{0,2}})(?:{_TITLES})"),
        re.compile(
            f"(?:{_CUES})(?:是|叫|为)?[ \t]?[:\uff1a]?[ \t]?"
            f"({surname}(?:{usual}{{2}}|{usual}(?![{_HAN}])|{further}{{1,2}}(?![{_HAN}])|{further}))"
        ),
        re.compile(f"({surname}{usual}{{1,2}})(?={_SAYS})"),
        re.compile(
            f"(?:(?<![{_HAN}])|(?<=[和与及、由对给找向跟让请有理]))"
            f"({surname}{usual}{{2}})(?=[^{_HAN}]|[是在和与及说于的将已也从去来向对把被给还]|\\Z)"
        ),
        # Two marks of a list, or of a sentence, leave room for nothing else.
        re.compile(f"[、,\uff0c:\uff1a(\uff08\\s和与有]({surname}{usual}{{1,2}})(?=[、)\uff09])"),
        # Between other characters it takes three that go together, and what often stands behind.
        re.compile(f"({surname}{usual}{{2}})(?={_BEHIND})"),
    )


_CONFIDENCES = (0.8, 0.75, 0.65, 0.55, 0.5, 0.45)
_ANY_HAN = re.compile(f"[{_HAN}]")


def find(text: str) -> Iterator[Hit]:
    """The names and places in a text; one may be found more than once."""
    if text.isascii() or not _ANY_HAN.search(text):
        return
    for pattern, confidence in zip(_patterns(), _CONFIDENCES, strict=True):
        for match in pattern.finditer(text):
            yield NAME, *match.span(1), confidence
    for match in _places().finditer(text):
        yield PLACE, *match.span(), 0.6


@functools.cache
def _places() -> re.Pattern[str]:
    by_first: dict[str, list[str]] = {}
    for place in sorted(lists.words("places_zh"), key=len, reverse=True):
        by_first.setdefault(place[0], []).append(place[1:])
    kinds = [f"{first}(?:{'|'.join(rest)})" for first, rest in sorted(by_first.items())]
    return re.compile(f"(?:{'|'.join(kinds)})(?:省|市)?")
