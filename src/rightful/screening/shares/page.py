"""The same items as a page to read without a network: whole texts, and pictures."""

import base64
import struct
import zlib
from collections.abc import Iterable, Mapping

from rightful import html
from rightful.policy.text import Language, Text
from rightful.records.content import Image
from rightful.screening.shares.sheet import Row

_TITLE = Text("Items to review", "待审核条目")
_PERSONAL = Text(
    "This page shows personal data in the clear. Keep it to those who review, and delete it with "
    "its sheet when the verdicts are recorded.",
    "本页以明文显示个人信息，仅限审核人员查阅；结论登记后，请连同审核表一并删除。",
)
_HOW = Text(
    "Write fit or unfit into the sheet, by the name of the item. Keywords and classifiers only "
    "hint: the verdict is yours.",
    "请在审核表中按条目名称填写“合格”或“不合格”。关键词与分类模型仅供参考，以人工结论为准。",
)
_HEAD = (
    Text("item", "条目"),
    Text("content", "内容"),
    Text("keywords", "命中关键词"),
    Text("classifier", "分类模型"),
)
_FACTS = {
    "draw": Text("draw", "抽样编号"),
    "of": Text("of", "来源"),
    "seed": Text("seed", "随机种子"),
    "items": Text("items", "条目数"),
    "held": Text("held", "记录总数"),
}
_EVERYTHING = Text("everything held", "全部记录")
_NONE = Text("There are no items.", "没有条目。")
_STYLE = "td:nth-child(2) { white-space: pre-wrap } td:first-child { font-size: .75rem }"


def page(
    head: Mapping[str, object],
    rows: Iterable[tuple[Row, Image | None]],
    language: Language,
) -> str:
    """The page of a draw; an item that is a picture is shown as one.

    `head` has what `_FACTS` names; no source stands for everything that is held.
    """
    shown = [
        (row.item, row.text if picture is None else _picture(picture), row.keywords, row.classifier)
        for row, picture in rows
    ]
    return html.page(
        _TITLE.within(language),
        language,
        [
            html.paragraph(_PERSONAL.within(language)),
            html.paragraph(_HOW.within(language)),
            html.paragraph(_told(head, language), note=True),
            html.table([each.within(language) for each in _HEAD], shown, _NONE.within(language)),
        ],
        style=_STYLE,
    )


def _told(head: Mapping[str, object], language: Language) -> str:
    return ", ".join(
        f"{_FACTS[name].within(language)} "
        f"{_EVERYTHING.within(language) if value is None else value}"
        for name, value in head.items()
    )


def _picture(image: Image) -> html.Markup:
    written = base64.b64encode(png(image)).decode()
    return html.element("img", src=f"data:image/png;base64,{written}", alt="")


def png(image: Image) -> bytes:
    """A picture as a PNG file; channels beyond red, green and blue are not shown."""
    if image.ndim == 3:
        image = image[:, :, :3] if image.shape[2] >= 3 else image[:, :, 0]
    height, width = image.shape[:2]
    colour = 2 if image.ndim == 3 else 0
    lines = b"".join(b"\0" + line.tobytes() for line in image)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
