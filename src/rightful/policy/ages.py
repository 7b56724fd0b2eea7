"""From which age a child can consent to online services, country by country.

GDPR Art. 8(1) says 16 and lets Member States go down to 13. Where a country is not in the table,
nothing is known, so whoever may be younger than 18 there is not known to be old enough.
"""

from rightful.policy.countries import EEA

#: As of 2026-11-24, written from memory of the national laws; a lawyer must check them.
CONSENT_AGES: dict[str, int] = {
    "AT": 14, "BE": 13, "BG": 14, "HR": 16, "CY": 14, "CZ": 15, "DK": 15, "EE": 13, "FI": 13,
    "FR": 15, "DE": 16, "GR": 15, "HU": 16, "IE": 16, "IT": 14, "LV": 13, "LT": 14, "LU": 16,
    "MT": 13, "NL": 16, "PL": 16, "PT": 13, "RO": 16, "SK": 16, "SI": 15, "ES": 14, "SE": 13,
    "IS": 13, "LI": 16, "NO": 13,
    "GB": 13, "CN": 14, "US": 13, "KR": 14, "IN": 18, "BR": 12,
}  # fmt: skip

#: In overseas places of the Union without an entry of their own, what Art. 8(1) itself says.
_UNION = 16
#: At which nobody asks for a guardian any more.
_GROWN = 18


def below_consent_age(country: str | None, age: int | None) -> bool | None:
    """Whether somebody of at least `age` years may need a guardian's consent; None: not known.

    >>> below_consent_age("DE", 15), below_consent_age("AT", 15), below_consent_age(None, 15)
    (True, False, None)
    """
    if age is None:
        return None
    if age >= _GROWN:
        return False
    if country is None:
        return None
    limit = CONSENT_AGES.get(country, _UNION if country in EEA else None)
    return None if limit is None else age < limit
