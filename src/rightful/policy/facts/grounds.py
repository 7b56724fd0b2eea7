"""Facts about the grounds that grants give, and about what was assessed."""

from rightful.policy.facts.fact import Fact, number, word, yes_or_no
from rightful.registry.tables import ASSESSMENT_KINDS, GRANT_KINDS

#: What may be said of a ground for the purpose that is asked for.
STATUSES = ("active", "withdrawn", "expired", "pending", "none")

#: What may be said of an assessment.
OUTCOMES = ("passed", "failed", "expired", "none")

#: The kinds of ground that a rule may ask about, each a column.
GROUNDS = tuple(kind for kind in GRANT_KINDS if kind != "no_personal_data")

_NOBODY = "the subject is not in the registry"


def _ground(kind: str, name: str, chinese: str, more: str = "") -> Fact:
    return word(
        kind,
        STATUSES,
        f"{name}, for the purpose asked for, the subject and the source{more}",
        _NOBODY,
        f"a record of the {name}, from the controller",
        f"由处理者补充{chinese}的记录",
    )


def _of_consent(name: str, meaning: str, english: str, chinese: str, unknown: str = "") -> Fact:
    return yes_or_no(name, meaning, unknown or _NOBODY, english, chinese)


_GROUNDS: tuple[Fact, ...] = (
    _ground("consent", "consent", "同意", "; a separate consent is one, too"),
    _ground("separate_consent", "separate consent", "单独同意"),
    _ground("contract", "contract", "合同"),
    _ground("legal_obligation", "legal obligation", "法定义务"),
    _ground("vital_interests", "vital interests", "重大利益"),
    _ground("public_task", "public task", "公共职能"),
    _ground("legitimate_interests", "legitimate interests", "正当利益"),
    _ground(
        "special_condition",
        "second ground for special categories",
        "处理特殊类别数据的第二依据",
        " (GDPR Art. 9(2)(b) to (j))",
    ),
    _ground("licence", "licence", "许可"),
)

_CONSENT: tuple[Fact, ...] = (
    _of_consent(
        "consent_other_purpose",
        "a consent is active, but for a purpose that does not cover the one asked for",
        "a record of the consent, from the controller",
        "由处理者补充同意的记录",
    ),
    _of_consent(
        "consent_notice",
        "the active consent names the version of the notice that was shown",
        "the notice that was shown when consent was given, from the controller",
        "由处理者提供取得同意时所展示的告知文本",
    ),
    _of_consent(
        "consent_explicit",
        "the active consent was given by a separate, express act",
        "how consent was given, from the controller's consent record; or a new, separate consent "
        "from the person",
        "由处理者依同意记录说明同意的方式,或由本人作出新的单独同意",
        "the active consent does not say",
    ),
    _of_consent(
        "consent_evidence",
        "the active consent names where its proof is kept",
        "where the proof of consent is kept, from the controller",
        "由处理者说明同意凭证的存放处",
    ),
    _of_consent(
        "consent_by_guardian",
        "the active consent was given by a guardian",
        "who gave the consent, from the controller; or consent from the guardian",
        "由处理者说明同意由谁作出,或由监护人作出同意",
        "the active consent does not say who gave it",
    ),
    _of_consent(
        "separate_by_guardian",
        "the active separate consent was given by a guardian",
        "who gave the separate consent, from the controller; or one from the guardian",
        "由处理者说明单独同意由谁作出,或由监护人作出单独同意",
        "the active separate consent does not say who gave it",
    ),
    _of_consent(
        "special_evidence",
        "an active grant of kind special_condition names where its proof is kept",
        "where the proof of the special condition is kept, from the controller",
        "由处理者说明该特别条件凭证的存放处",
    ),
    _of_consent(
        "special_made_public",
        "the only special condition that is active is that the person manifestly made the data "
        "public",
        "which condition it is, from the controller",
        "由处理者说明所依据的条件",
        f"{_NOBODY}, or an active special condition does not say which it is",
    ),
)

_ASSESSED = {
    "compatibility": ("compatibility assessment", "目的相容性评估"),
    "dpia": ("data protection impact assessment", "数据保护影响评估"),
    "pipia": ("personal information protection impact assessment", "个人信息保护影响评估"),
    "risk_assessment": ("risk assessment", "风险评估"),
    "supplier_check": ("check of the supplier", "供应方核查"),
    "copyright_policy": ("copyright policy", "版权政策"),
    "minors_policy": ("rules for minors' data", "未成年人信息处理规则"),
    "bias_examination": ("examination for bias", "偏见审查"),
    "suitability": ("assessment of suitability and representativeness", "适用性与代表性评估"),
    "security_measures": ("record of security measures", "安全措施记录"),
    "annotation_rules": ("annotation rules and their check", "标注规则及其核验"),
}

_NO_SAMPLE = "no such sampling is recorded, or it is out of date"
_SAMPLE = ("a sampling, recorded as an assessment, from the controller", "由处理者登记抽样评估结果")

_ASSESSMENTS: tuple[Fact, ...] = (
    yes_or_no(
        "assessment",
        "an active grant of kind legitimate_interests names its assessment, or one is recorded as "
        "passed",
        _NOBODY,
        "the written assessment, from the controller",
        "由处理者提供书面评估",
    ),
    *(
        word(
            name,
            OUTCOMES,
            f"the latest {english} for the source and the purpose",
            "the source is not in the registry",
            f"the {english}, recorded as an assessment, from the controller",
            f"由处理者登记{chinese}",
        )
        for name, (english, chinese) in _ASSESSED.items()
    ),
    number(
        "source_sampled",
        "items of the source that were looked at in its latest sampling",
        _NO_SAMPLE,
        *_SAMPLE,
    ),
    number(
        "source_unlawful_bp",
        "of those, how many were unlawful, in basis points, rounded up",
        _NO_SAMPLE,
        *_SAMPLE,
    ),
    number(
        "corpus_sampled",
        "items of the whole corpus that people looked at in its latest sampling",
        _NO_SAMPLE,
        *_SAMPLE,
    ),
    number(
        "corpus_passed_bp",
        "of those, how many passed, in basis points, rounded down",
        _NO_SAMPLE,
        *_SAMPLE,
    ),
    number(
        "corpus_screened_bp",
        "the share of the corpus that its latest technical screening looked at, in basis points, "
        "rounded down",
        _NO_SAMPLE,
        *_SAMPLE,
    ),
    number(
        "corpus_screened_passed_bp",
        "of what was screened, how much passed, in basis points, rounded down",
        _NO_SAMPLE,
        *_SAMPLE,
    ),
)

#: The kinds of assessment that a rule may ask about by their own name.
ASSESSED = tuple(kind for kind in ASSESSMENT_KINDS if kind in _ASSESSED)

INFORMED = yes_or_no(
    "informed",
    "an active grant, or the source, names a notice",
    "the source is not in the registry",
    "the notice that people were given or that was published, from the controller",
    "由处理者提供已告知或已公开的告知文本",
)

BASIS: tuple[Fact, ...] = (*_GROUNDS, *_CONSENT, INFORMED, *_ASSESSMENTS)
