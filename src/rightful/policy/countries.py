"""The countries that a fact or a rule may name: ISO 3166-1 alpha-2, as of 2026-11-24.

A code that is none of these (`UK`, `EL`, `de`) would make a rule about `GB`, `GR` or `DE` answer
"no" for somebody who lives there. Such a residence counts as unknown, and such a rule is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rightful.policy.text import Text

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""

COUNTRIES: frozenset[str] = frozenset(_CODES.split())

# The states and territories of the US and the District of Columbia: ISO 3166-2.
_STATES = """
    AK AL AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT NC ND
    NE NH NJ NM NV NY OH OK OR PA PR RI SC SD TN TX UM UT VA VI VT WA WI WV WY
"""

REGIONS: frozenset[str] = frozenset(f"US-{state}" for state in _STATES.split())

_EEA = """
    AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO
    AX GF GP MF MQ RE YT
"""

#: The European Economic Area with those overseas places, coded apart in ISO 3166, where Union law
#: applies.
EEA: frozenset[str] = frozenset(_EEA.split())

#: Names that a condition may use for several countries: `residence IN (EEA)`.
GROUPS: dict[str, frozenset[str]] = {"EEA": EEA}


@dataclass(frozen=True, slots=True)
class Market:
    """Where a controller may turn to people; it does where it turns to any of `places`."""

    name: Text
    places: frozenset[str]


#: By the fact that says whether the controller turns there.
MARKETS: dict[str, Market] = {
    "market_eea": Market(Text("the European Economic Area", "欧洲经济区"), EEA | {"EEA"}),
    "market_cn": Market(Text("mainland China", "中国境内"), frozenset({"CN"})),
    "market_us": Market(Text("the United States", "美国"), REGIONS | {"US"}),
    "market_us_ca": Market(Text("California", "加利福尼亚州"), frozenset({"US", "US-CA"})),
    "market_gb": Market(Text("the United Kingdom", "英国"), frozenset({"GB"})),
    "market_br": Market(Text("Brazil", "巴西"), frozenset({"BR"})),
    "market_in": Market(Text("India", "印度"), frozenset({"IN"})),
    "market_kr": Market(Text("South Korea", "韩国"), frozenset({"KR"})),
}

#: What may be named as a market.
PLACES: frozenset[str] = COUNTRIES | REGIONS | frozenset(GROUPS)


def markets(named: Sequence[str] | None) -> dict[str, bool | None]:
    """Of each market, whether the controller turns there; None where it does not say at all."""
    if named is None:
        return dict.fromkeys(MARKETS)
    return {fact: bool(market.places & set(named)) for fact, market in MARKETS.items()}


def place(residence: str | None) -> tuple[str | None, str | None]:
    """Country and region of a residence as it is recorded, such as `DE` or `US-CA`."""
    if residence is None:
        return None, None
    country = residence[:2]
    if country not in COUNTRIES or (residence != country and residence not in REGIONS):
        return None, None
    if country != "US":
        return country, "none"
    return country, residence if residence in REGIONS else None
