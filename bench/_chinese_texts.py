"""Chinese sentences with made-up numbers in them, and with what only looks like such numbers.

Everything is drawn from a seed. Half of the identity numbers and bank cards have a wrong check
digit and are nobody's: finding one is an error. Order numbers, dates, prices and versions stand
where numbers of people do.
"""

import random
from dataclasses import dataclass, field

from _screening_quality import Marked

KINDS = ("cn_id", "cn_plate", "card", "phone", "address")

_REGIONS = ("110105", "310101", "440306", "510104", "330106", "420111", "610113", "320505")
_PROVINCES = "京沪粤川浙鄂陕苏鲁皖湘闽"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_MOBILES = ("138", "139", "150", "159", "176", "186", "188", "133", "199", "177")
_STREETS = ("人民路", "解放大道", "中山北路", "建国门外大街", "科技园南区深南大道", "文化路")
_PLACES = (
    "北京市朝阳区",
    "上海市黄浦区",
    "广东省深圳市南山区",
    "浙江省杭州市西湖区",
    "成都市锦江区",
)
_BY_KIND = {
    "cn_id": (
        "他的身份证号码是{}，请核对。",
        "身份证：{}，已登记",
        "持证人（{}）于昨日办理了业务。",
        "经查，证件号{}对应的申请已经通过。",
    ),
    "card": (
        "请把钱打到银行卡{}上。",
        "卡号：{}，开户行为工商银行。",
        "我的储蓄卡{}丢了，怎么挂失？",
    ),
    "phone": (
        "有事请拨打{}联系我。",
        "手机：{}",
        "收件人王先生，{}，放门口即可。",
        "电话{}一直没人接。",
    ),
    "cn_plate": ("一辆车牌为{}的轿车停在门口。", "{}已经违章三次。", "看到{}请通知物业。"),
    "address": ("我住在{}，快递放门卫。", "收货地址：{}。", "公司注册地为{}，欢迎来访。"),
}
_NOTHING = (
    "订单号{:016d}已发货。",
    "流水号 20260{:015d} 已入账。",
    "快递单号SF{:013d}，预计明天到。",
    "物料编码{:08d}库存不足。",
    "版本 10.0.{:05d}.1 已发布。",
    "截至2026年11月{:02d}日，共有 3,{:03d} 人报名。",
    "时间戳1700{:09d}对应的记录不存在。",
    "ISBN 978-7-04-{:06d}-{:d} 一书再版。",
)


def sentences(seed: int, number: int) -> list[Marked]:
    """So many sentences, and what is in them."""
    draw = _Draw(random.Random(seed))
    return [draw.sentence() for _ in range(number)]


def wrong(seed: int, number: int) -> list[str]:
    """Identity numbers in sentences, each with a wrong check digit and right in all else."""
    draw = _Draw(random.Random(seed))
    return [draw.random.choice(_BY_KIND["cn_id"]).format(draw.wrong_id()) for _ in range(number)]


@dataclass(frozen=True, slots=True)
class _Draw:
    random: random.Random
    kinds: tuple[str, ...] = field(default=(*KINDS, "wrong_id", "wrong_card", "nothing"))

    def sentence(self) -> Marked:
        kind = self.random.choice(self.kinds)
        if kind == "nothing":
            template = self.random.choice(_NOTHING)
            text = template.format(self.random.randrange(1, 30), self.random.randrange(10))
            return Marked(text, ())
        value = str(getattr(self, kind)())
        template = self.random.choice(
            _BY_KIND[kind.replace("wrong_id", "cn_id").replace("wrong_card", "card")]
        )
        start = template.index("{")
        spans = () if kind.startswith("wrong") else ((kind, start, start + len(value)),)
        return Marked(template.format(value), spans)

    def cn_id(self) -> str:
        number = self._id_without_check()
        return number + _check_digit(number)

    def wrong_id(self) -> str:
        number = self._id_without_check()
        return number + self.random.choice("0123456789X".replace(_check_digit(number), ""))

    def card(self) -> str:
        digits = "62" + "".join(self.random.choices("0123456789", k=self.random.choice((13, 16))))
        return self._grouped(digits + _luhn_digit(digits))

    def wrong_card(self) -> str:
        digits = "62" + "".join(self.random.choices("0123456789", k=16))
        return digits + self.random.choice("0123456789".replace(_luhn_digit(digits), ""))

    def phone(self) -> str:
        last = "".join(self.random.choices("0123456789", k=8))
        mobile = self.random.choice(_MOBILES)
        return self.random.choice(
            (
                mobile + last,
                f"{mobile} {last[:4]} {last[4:]}",
                f"+86 {mobile}{last}",
                f"{self.random.choice(('010', '021', '0755', '0571'))}-8{last[1:]}",
            )
        )

    def cn_plate(self) -> str:
        start = self.random.choice(_PROVINCES) + self.random.choice(_LETTERS[:8])
        digits = "".join(self.random.choices("0123456789", k=5))
        rest = self.random.choice(
            (digits, "D" + digits, digits[:4] + "K", digits[0] + "B" + digits[2:])
        )
        return start + self.random.choice(("", "·")) + rest

    def address(self) -> str:
        rest = self.random.choice(("", "3号楼1202室", "2栋5单元601"))
        street = self.random.choice(_STREETS)
        return f"{self.random.choice(_PLACES)}{street}{self.random.randrange(1, 999)}号{rest}"

    def _id_without_check(self) -> str:
        year, month = self.random.randrange(1950, 2010), self.random.randrange(1, 13)
        born = f"{year}{month:02d}{self.random.randrange(1, 29):02d}"
        return f"{self.random.choice(_REGIONS)}{born}{self.random.randrange(1000):03d}"

    def _grouped(self, digits: str) -> str:
        if self.random.random() < 0.5:
            return digits
        return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def _check_digit(number: str) -> str:
    """Written apart from the validator that it tests: by the table of GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(a) * b for a, b in zip(number, weights, strict=True)) % 11]


def _luhn_digit(digits: str) -> str:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits[::-1], 1))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
