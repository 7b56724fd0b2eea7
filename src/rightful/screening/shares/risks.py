"""The 31 risks of GB/T 45654, appendix A, in words of our own: what content is unfit for.

The letters count the risks of a group in the order in which TC260-003-2024 lists them. They were
written down from summaries and not from the standard's own text.
"""

from dataclasses import dataclass

from rightful.policy.text import Text

#: How many keywords there must be for each risk of a group, and in all.
KEYWORDS_EACH = {"A.1": 200, "A.2": 100}
KEYWORDS_IN_ALL = 10_000


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk: `A.1.a` and its name."""

    code: str
    title: Text

    @property
    def group(self) -> str:
        return self.code[:3]

    @property
    def keywords(self) -> int:
        """How many keywords a bank must have for it; 0: no number of its own."""
        return KEYWORDS_EACH.get(self.group, 0)


_NAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "A.1": (
        (
            "calls to overthrow the state or its socialist system",
            "煽动颠覆国家政权、推翻社会主义制度",
        ),
        ("danger to national security and the country's image", "危害国家安全和利益、损害国家形象"),
        ("separatism, and harm to national unity", "煽动分裂国家、破坏国家统一和社会稳定"),
        ("terrorism and extremism", "宣扬恐怖主义、极端主义"),
        ("ethnic hatred", "宣扬民族仇恨"),
        ("violence and obscenity", "宣扬暴力、淫秽色情"),
        ("false and harmful information", "传播虚假有害信息"),
        ("what other laws prohibit", "其他法律、行政法规禁止的内容"),
    ),
    "A.2": (
        ("discrimination by ethnicity", "民族歧视"),
        ("discrimination by belief", "信仰歧视"),
        ("discrimination by nationality", "国别歧视"),
        ("discrimination by region", "地域歧视"),
        ("discrimination by gender", "性别歧视"),
        ("discrimination by age", "年龄歧视"),
        ("discrimination by occupation", "职业歧视"),
        ("discrimination by health", "健康歧视"),
        ("other discrimination", "其他方面歧视"),
    ),
    "A.3": (
        ("infringement of intellectual property", "侵犯他人知识产权"),
        ("breach of business ethics", "违反商业道德"),
        ("disclosure of trade secrets", "泄露他人商业秘密"),
        ("monopoly and unfair competition", "实施垄断和不正当竞争"),
        ("other commercial offences", "其他商业违法违规行为"),
    ),
    "A.4": (
        ("harm to bodily or mental health", "危害他人身心健康"),
        ("infringement of portraits", "侵害他人肖像权"),
        ("infringement of reputation", "侵害他人名誉权"),
        ("infringement of honour", "侵害他人荣誉权"),
        ("infringement of privacy", "侵害他人隐私权"),
        ("infringement of personal information", "侵害他人个人信息权益"),
        ("infringement of other rights", "侵犯他人其他合法权益"),
    ),
    "A.5": (
        (
            "inaccurate against common or scientific knowledge",
            "内容不准确，不符合科学常识或者主流认知",
        ),
        ("unreliable for the service that it is for", "内容不可靠，不能满足特定服务类型的安全需求"),
    ),
}

#: Every risk, by its code.
RISKS: dict[str, Risk] = {
    f"{group}.{letter}": Risk(f"{group}.{letter}", Text(*name))
    for group, names in _NAMES.items()
    for letter, name in zip("abcdefghi", names, strict=False)
}
