"""Facts about what screening found inside a record."""

from rightful.policy.facts.fact import Fact, word, yes_or_no

#: The groups of what can be found, each a fact, with what they hold.
FOUND: dict[str, tuple[str, str]] = {
    "contact": (
        "e-mail addresses, phone numbers, postal addresses",
        "电子邮箱、电话号码或通信地址",
    ),
    "government_id": ("numbers of identity cards, passports and the like", "身份证件号码"),
    "financial": ("payment cards, bank accounts", "支付卡号或银行账号"),
    "network": ("IP and MAC addresses", "IP 地址或 MAC 地址"),
    "location": ("places somebody was at, as coordinates", "定位坐标"),
    "birth_date": ("dates of birth", "出生日期"),
    "name": ("names of people", "人名"),
    "health": ("what is said of somebody's health", "健康信息"),
    "special_category": (
        "what is said of religion, politics, origin, sex life, union membership, biometrics, "
        "genetics or crimes of somebody",
        "宗教、政治、族裔、性生活、工会、生物识别、遗传或犯罪信息",
    ),
    "secret": ("keys, tokens, passwords", "密钥、令牌或口令"),
    "vehicle": ("number plates and the like", "车辆号牌"),
    "other": ("what belongs to no other group", "其他信息"),
}

#: What the screening policy says of a record by what was found in it; none: it was not screened.
SCREENING_VERDICTS = ("pass", "hold", "drop", "none")

#: Whether another record that holds the same stays in this one's place; none: nobody looked.
COPIES = ("copy", "no", "none")


def _found(group: str, holds: str, chinese: str) -> Fact:
    return yes_or_no(
        f"found_{group}",
        f"screening found in the record: {holds}",
        "the record was not screened",
        "a screening of the record (`rightful screen`), from the controller",
        f"由处理者筛查该记录(`rightful screen`),查明是否含{chinese}",
    )


SCREENING: tuple[Fact, ...] = (
    word(
        "screening_verdict",
        SCREENING_VERDICTS,
        "what the screening policy says of the record by what was found in it; none: it was not "
        "screened",
        "what is recorded can't be read",
        "a screening of the record (`rightful screen`), from the controller",
        "由处理者筛查该记录(`rightful screen`)",
    ),
    word(
        "duplicate",
        COPIES,
        "copy: another record that holds the same, or nearly the same, stays in this one's place; "
        "none: nobody looked for copies",
        "what is recorded can't be read",
        "a search for copies (`rightful screen`), from the controller",
        "由处理者查找重复记录(`rightful screen`)",
    ),
    *(_found(group, *said) for group, said in FOUND.items()),
)
