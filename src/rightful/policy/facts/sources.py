"""Facts about where a record came from: collection, dates, licences, reservations of rights."""

from rightful.policy.facts.fact import Fact, number, word, yes_or_no

#: Where records come from, as `rightful.records` declares sources.
SOURCE_KINDS = (
    "user_data",
    "licensed",
    "public_dataset",
    "third_party_private",
    "crawl",
    "synthetic",
    "other",
)

#: How a source was collected. One that is written otherwise counts as not known.
METHODS = (
    "form",
    "upload",
    "interview",
    "service_use",
    "sensor",
    "public_place_camera",
    "purchase",
    "transfer",
    "download",
    "crawl",
    "generated",
    "other",
)

#: What a licence may say of a use.
PERMISSIONS = ("permitted", "prohibited", "unclear", "none")

_CAWG = ("allowed", "not_allowed", "constrained", "none")

#: The protocols in which a source may reserve rights, each a column, with the values it can have.
RESERVATIONS: dict[str, tuple[str, ...]] = {
    "aipref": ("y", "n", "unknown", "none"),
    "tdmrep": ("reserved", "licence", "free", "none"),
    "robots": ("allowed", "disallowed", "unreachable", "none"),
    "cawg_mining": _CAWG,
    "cawg_training": _CAWG,
    "cawg_generative": _CAWG,
    "plus": (
        "allowed",
        "unspecified",
        "prohibited",
        "prohibited_training",
        "prohibited_generative",
        "prohibited_except_search",
        "see_constraint",
        "see_embedded",
        "see_linked",
        "none",
    ),
    "rsl": ("permitted", "prohibited", "licence_required", "none"),
    "content_signal": ("yes", "no", "none"),
    "noai": ("yes", "no"),
    "ai_txt": ("allowed", "disallowed", "none"),
    "terms_reservation": ("reserved", "unclear", "none"),
}

_PROTOCOLS = {
    "aipref": "IETF AIPREF (Content-Usage: train-ai)",
    "tdmrep": "the W3C's TDM Reservation Protocol",
    "robots": "robots.txt (RFC 9309), for agents that train",
    "cawg_mining": "CAWG, data mining",
    "cawg_training": "CAWG, training of models that do not generate",
    "cawg_generative": "CAWG, training of generative models",
    "plus": "IPTC/PLUS Data Mining",
    "rsl": "Really Simple Licensing",
    "content_signal": "Content-Signal: ai-train",
    "noai": "noai in X-Robots-Tag or a page's meta element",
    "ai_txt": "ai.txt",
    "terms_reservation": "the words of the terms of use",
}

_UNMARKED = "the source was not marked"


def _mark(name: str, meaning: str, chinese: str) -> Fact:
    return yes_or_no(
        name,
        meaning,
        _UNMARKED,
        f"whether this is so: {meaning}; from whoever collected it",
        f"由收集者说明:{chinese}",
    )


def _reservation(protocol: str, values: tuple[str, ...]) -> Fact:
    said = _PROTOCOLS[protocol]
    meaning = f"what the source says in {said}"
    asked = (
        f"a look at what the source says in {said}, from whoever collected it",
        f"由收集者查明来源在 {protocol} 中的权利保留声明",
    )
    if values == ("yes", "no"):
        return yes_or_no(protocol, meaning, "nobody looked", *asked)
    return word(protocol, values, meaning, "nobody looked", *asked)


def _permission(name: str, of: str, chinese: str) -> Fact:
    return word(
        name,
        PERMISSIONS,
        f"what the active licences of the source say of {of}: the strictest of them; none: there "
        "is no active licence",
        "the source is not in the registry",
        "the licence of the source, as a grant, from whoever collected it",
        f"由收集者登记来源的许可,说明其是否允许{chinese}",
    )


_COLLECTION: tuple[Fact, ...] = (
    yes_or_no(
        "special_category",
        "holds a special category of data (GDPR Art. 9; sensitive, PIPL Art. 28): the record's own "
        "mark, else the source's",
        "neither was marked",
        "whether it holds special categories of data, from whoever collected or screened it",
        "由收集者或筛查者说明是否含敏感个人信息",
    ),
    yes_or_no(
        "criminal_offence",
        "the source holds data on criminal convictions or offences (GDPR Art. 10)",
        _UNMARKED,
        "whether the source holds data on criminal offences, from whoever collected it",
        "由收集者说明该来源是否含犯罪信息",
    ),
    yes_or_no(
        "public_source",
        "the source was taken from what people or others had made public",
        _UNMARKED,
        "whether the source was public, from whoever collected it",
        "由收集者说明该来源是否为已公开信息",
    ),
    word(
        "method",
        METHODS,
        "how the source was collected: " + ", ".join(METHODS),
        "not recorded, or none of these",
        "how the source was collected, from whoever did",
        "由收集者说明收集方式",
    ),
    word(
        "source_kind",
        SOURCE_KINDS,
        "what kind of source it is: " + ", ".join(SOURCE_KINDS),
        "not recorded",
        "the kind of source, from whoever collected it",
        "由收集者说明来源类别",
    ),
    number(
        "retention_days",
        "days until the retention date, negative once it has passed: the record's own date, else "
        "the source's",
        "no date was set",
        "a retention date, from the controller",
        "由处理者设定保存期限",
    ),
    number(
        "collected_days",
        "days since the record was collected: by its own date, else by the last day on which the "
        "source was collected",
        "no date was set",
        "the day of collection, from whoever collected it",
        "由收集者说明收集日期",
    ),
    yes_or_no(
        "origin_stated",
        "owner, method, and the first and last day of collection of the source are stated",
        "the source is not in the registry",
        "owner, method and dates of collection, from whoever collected it",
        "由收集者说明来源的所有者、收集方式与起止日期",
    ),
    yes_or_no(
        "collected_for",
        "the purpose for which the source was collected covers the one asked for",
        "what the source was collected for is not stated",
        "what the source was collected for, from whoever collected it",
        "由收集者说明收集时的目的",
    ),
    yes_or_no(
        "source_evidence",
        "the source names where the proof of the right to it is kept: a licence, a contract, a "
        "record of collection, an authorisation",
        "the source is not in the registry",
        "where the proof of the right to the source is kept, from whoever collected it",
        "由收集者说明来源合法性证明的存放处",
    ),
    _mark(
        "lawfully_accessed",
        "no paywall or other technical measure was got round to collect the source",
        "收集时未规避付费墙或其他技术措施",
    ),
    _mark(
        "infringing_site",
        "the source is a site that is listed as persistently infringing",
        "该来源被列为持续侵权网站",
    ),
    _mark("holds_faces", "the source holds pictures of faces", "该来源含人脸图像"),
    _mark(
        "companion",
        "the source holds people's conversations with a human-like companion service",
        "该来源含拟人化互动服务的用户交互数据",
    ),
    _mark(
        "child_directed",
        "the source is a service that is directed to children",
        "该来源为面向儿童的服务",
    ),
    _mark("broker", "the source was bought from a data broker", "该来源购自数据经纪商"),
    _mark(
        "important_data",
        "the source holds important data (Data Security Law of China)",
        "该来源含重要数据",
    ),
)

_LICENCES: tuple[Fact, ...] = (
    _permission("licence_training", "training a model", "训练模型"),
    _permission("licence_commercial", "commercial use", "商业使用"),
    _permission("licence_derivatives", "derived works", "演绎作品"),
    yes_or_no(
        "licence_attribution",
        "an active licence of the source asks to name its author",
        "a licence does not say, or the source is not in the registry",
        "what the licence asks for, from whoever collected it",
        "由收集者说明许可是否要求署名",
    ),
    yes_or_no(
        "licence_share_alike",
        "an active licence of the source asks that what is derived be given on under it",
        "a licence does not say, or the source is not in the registry",
        "what the licence asks for, from whoever collected it",
        "由收集者说明许可是否要求相同方式共享",
    ),
    yes_or_no(
        "licence_negotiated",
        "an active licence of the source was agreed with its holder (LicenseRef-…)",
        "the source is not in the registry",
        "the licence of the source, as a grant, from whoever collected it",
        "由收集者登记与权利人议定的许可",
    ),
)

SOURCES: tuple[Fact, ...] = (
    *_COLLECTION,
    *_LICENCES,
    *(_reservation(protocol, values) for protocol, values in RESERVATIONS.items()),
    number(
        "reservation_days",
        "days since the oldest of the looks that count was taken",
        "nobody looked",
        "a look at what the source says of its use, from whoever collected it",
        "由收集者查明来源的权利保留声明",
    ),
)
