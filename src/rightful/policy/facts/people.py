"""Facts about the person that a record is about."""

from rightful.policy.countries import COUNTRIES, REGIONS
from rightful.policy.facts.fact import Fact, number, word, yes_or_no

#: The region of somebody who lives where regions are not told apart.
NO_REGION = "none"

_WHO = ("who the subject is, from the controller's records", "由处理者依其记录说明该主体")

PEOPLE: tuple[Fact, ...] = (
    yes_or_no(
        "personal",
        "true: about at least one subject; false: names nobody, and its source is declared to hold "
        "no personal data by an active grant of kind no_personal_data",
        "the record names nobody, and nobody declared that its source holds no personal data",
        "whom the record is about, or a declaration that its source holds no personal data, "
        "from whoever collected it",
        "由收集者说明记录涉及何人,或声明该来源不含个人信息",
    ),
    word(
        "residence",
        COUNTRIES,
        "the country the subject lives in, ISO 3166-1 alpha-2",
        "not recorded, or no such country",
        "the person's country of residence, from the person",
        "由本人提供其居住国家或地区",
    ),
    word(
        "region",
        REGIONS | {NO_REGION},
        "the state of the US the subject lives in, ISO 3166-2, such as US-CA; "
        f"{NO_REGION}: lives in another country",
        "the country is not known, or it is the US and the state is not recorded",
        "the person's state of residence, from the person",
        "由本人提供其居住州",
    ),
    number(
        "age",
        "the youngest that the subject can be now: this year - year of birth - 1",
        "no year of birth recorded, or an impossible one",
        "the person's year of birth, from the person or a guardian",
        "由本人或其监护人提供出生年份",
    ),
    yes_or_no(
        "below_consent_age",
        "the subject may be younger than the age at which, where they live, a child can consent "
        "to online services (`rightful.policy.ages`)",
        "no year of birth or residence recorded, or no age is known for that country",
        "the person's year of birth and country of residence, from the person or a guardian",
        "由本人或其监护人提供出生年份与居住国家或地区",
    ),
    yes_or_no(
        "restricted",
        "the subject's data is restricted, or the subject was erased",
        "the subject is not in the registry",
        *_WHO,
    ),
    yes_or_no("objected", "the subject objected", "the subject is not in the registry", *_WHO),
    yes_or_no(
        "opted_out",
        "the subject opted out of the sale or sharing of their data, as by a Global Privacy "
        "Control signal",
        "the subject is not in the registry",
        *_WHO,
    ),
)
