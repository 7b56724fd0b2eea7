"""Facts about the controller and about the use that is asked for."""

from rightful.policy.countries import COUNTRIES, MARKETS
from rightful.policy.facts.fact import Fact, word, yes_or_no


def _market(name: str, place: str, chinese: str) -> Fact:
    return yes_or_no(
        name,
        f"the controller offers goods, services or the model to people in {place}, or monitors "
        "them there",
        "the workspace does not say to which markets the controller turns",
        "the markets that the controller turns to, in rightful.toml, from the controller",
        f"由处理者在 rightful.toml 中说明是否面向{chinese}",
    )


def _use(name: str, meaning: str, chinese: str) -> Fact:
    return yes_or_no(
        f"use_{name}",
        f"{meaning}: as the purpose asked for says, or the nearest one above it that says",
        "no purpose says",
        f"whether {meaning}, stated for the purpose, from whoever trains",
        f"由训练者就该目的说明:{chinese}",
    )


CONTROLLER: tuple[Fact, ...] = (
    word(
        "establishment",
        COUNTRIES,
        "the country the controller is established in, ISO 3166-1 alpha-2",
        "not stated in the workspace",
        "the country of establishment, from the controller",
        "由处理者说明其设立地",
    ),
    *(_market(name, market.name.en, market.name.zh) for name, market in MARKETS.items()),
)

#: What a purpose may say of a use; each is a column of the registry, and `use_…` here.
USES = {
    "generative": (
        "the model generates language, images, sound or film",
        "模型是否生成文本、图像、音频或视频",
    ),
    "general_purpose": ("the model is a general-purpose model", "模型是否为通用模型"),
    "high_risk": ("the model is meant for a high-risk use", "模型是否用于高风险场景"),
    "face_recognition": ("the model recognises people by their faces", "模型是否用于人脸识别"),
    "significant_decisions": (
        "the model is meant for decisions about people with legal or similar effects",
        "模型是否用于对个人有法律或类似重大影响的决定",
    ),
    "commercial": ("the use is commercial", "使用是否为商业用途"),
    "research": ("the use is scientific research", "使用是否为科学研究"),
    "published": ("the model or the data are given to the public", "模型或数据是否公开提供"),
}

USE: tuple[Fact, ...] = tuple(
    _use(name, meaning, chinese) for name, (meaning, chinese) in USES.items()
)
