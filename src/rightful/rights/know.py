"""A page that says in plain words what is done with people's data, and why; about nobody alone.

Everything on it is read from the registry and the packs. What they do not say stays a dash.
"""

from collections.abc import Sequence

import pyarrow.compute as pc

from rightful import html, moments
from rightful.clearance import Clearances
from rightful.grants import Grants, Notices, Purposes
from rightful.policy import Pack
from rightful.policy.text import Language, Text
from rightful.records.sources import Sources
from rightful.records.store import RecordStore
from rightful.rights.disclosures import Disclosures
from rightful.training import Trainer

_GROUNDS = {
    "consent": Text("consent", "同意"),
    "separate_consent": Text("separate consent", "单独同意"),
    "contract": Text("a contract", "合同"),
    "legal_obligation": Text("a legal obligation", "法定义务"),
    "vital_interests": Text("vital interests", "重大利益"),
    "public_task": Text("a public task", "公共职能"),
    "legitimate_interests": Text("legitimate interests", "正当利益"),
    "special_condition": Text(
        "a condition for special categories of data", "处理特殊类别数据的法定条件"
    ),
    "licence": Text("a licence of the source", "来源许可"),
    "no_personal_data": Text("no personal data", "不含个人信息"),
}

_WORDS = {
    "title": Text("What we do with data about people, and why", "我们如何以及为何处理个人数据"),
    "intro": Text(
        "{controller} trains models on data. This page shows what the training itself obeys.",
        "{controller} 使用数据训练模型。本页内容来自训练实际遵循的记录。",
    ),
    "data": Text("Where the data comes from", "数据来源"),
    "source": Text("Source", "来源"),
    "kind": Text("Kind", "类别"),
    "method": Text("How it was collected", "收集方式"),
    "records": Text("Records", "记录数"),
    "until": Text("Kept until", "保存至"),
    "why": Text("What it may be used for now, and on what ground", "目前可用于何种目的及其依据"),
    "purpose": Text("Purpose", "目的"),
    "cleared": Text("Records that may be used", "可使用的记录"),
    "grounds": Text("Grounds recorded", "已登记的依据"),
    "laws": Text("Rules that are obeyed", "遵循的规则"),
    "law": Text("Law or rule", "法律或规则"),
    "asof": Text("As of", "截至"),
    "models": Text("Models that were trained", "已训练的模型"),
    "model": Text("Model", "模型"),
    "status": Text("Status", "状态"),
    "in_force": Text("in use", "使用中"),
    "restricted": Text("restricted: must forget somebody first", "受限:须先完成遗忘"),
    "recipients": Text("Who received data or models", "数据或模型的接收方"),
    "what": Text("What", "内容"),
    "when": Text("When", "时间"),
    "notices": Text("What people were told", "告知内容"),
    "notice": Text("Notice", "告知"),
    "language": Text("Language", "语言"),
    "rights": Text("What you can ask", "您可以提出的请求"),
    "rights_text": Text(
        "To see what is held about you and in which models; to have it corrected; to withdraw your "
        "consent, after which no further training step uses your data; and to be erased: your data "
        "is destroyed, and every model here that learned from it becomes what it would have been "
        "without it. You get a signed certificate that anybody can verify.",
        "查阅所持有的关于您的数据及其所在的模型;更正;撤回同意(此后任何训练步骤均不再使用您的数据);"
        "删除:销毁您的数据,并使此处每个学习过它的模型变为从未使用它时的样子。"
        "您将获得任何人都可验证的签名证明。",
    ),
    "reach": Text(
        "Models that were handed out before are out of reach; whoever received them is told.",
        "先前已交付的模型无法收回,但会通知接收方。",
    ),
    "none": Text("None.", "无。"),
    "made": Text("Made on {day}.", "生成于 {day}。"),
}


class Know:
    """Makes the page for one workspace."""

    def __init__(
        self,
        controller: str,
        store: RecordStore,
        sources: Sources,
        purposes: Purposes,
        notices: Notices,
        grants: Grants,
        packs: Sequence[Pack],
        clearances: Clearances,
        trainer: Trainer,
        disclosures: Disclosures,
    ) -> None:
        self._controller = controller
        self._store = store
        self._sources = sources
        self._purposes = purposes
        self._notices = notices
        self._grants = grants
        self._packs = packs
        self._clearances = clearances
        self._trainer = trainer
        self._disclosures = disclosures

    def page(self, language: Language = "en") -> str:
        """The page as HTML that needs nothing else."""

        def say(name: str, **values: str) -> str:
            return _WORDS[name].within(language).format(**values)

        none = say("none")
        today = moments.now().date().isoformat()
        return html.page(
            say("title"),
            language,
            [
                html.paragraph(say("intro", controller=self._controller)),
                html.heading(say("data")),
                html.table(
                    [say(n) for n in ("source", "kind", "method", "records", "until")],
                    self._source_rows(),
                    none,
                ),
                html.heading(say("why")),
                html.table(
                    [say(n) for n in ("purpose", "cleared", "grounds")],
                    self._purpose_rows(language),
                    none,
                ),
                html.heading(say("laws")),
                html.table(
                    [say("law"), say("asof")],
                    [[p.title.within(language), p.as_of.isoformat()] for p in self._packs],
                    none,
                ),
                html.heading(say("notices")),
                html.table(
                    [say("notice"), say("language")],
                    [[f"{n.name}@{n.version}", n.language] for n in self._notices.all()],
                    none,
                ),
                html.heading(say("models")),
                html.table(
                    [say("model"), say("status")],
                    [[m.name, say(m.status)] for m in self._trainer.models.all()],
                    none,
                ),
                html.heading(say("recipients")),
                html.table(
                    [say("what"), say("when")],
                    [[f"{d.what} → {d.recipient}", d.at[:10]] for d in self._disclosures.all()],
                    none,
                ),
                html.heading(say("rights")),
                html.paragraph(say("rights_text")),
                html.paragraph(say("reach")),
                html.paragraph(say("made", day=today), note=True),
            ],
        )

    def _source_rows(self) -> list[list[html.Cell]]:
        held = pc.value_counts(self._store.metadata().column("source")).to_pylist()
        counts = {each["values"]: each["counts"] for each in held}
        return [
            [s.name, s.kind, s.method, f"{counts.get(number, 0):,}", s.retention_until]
            for number, s in self._sources.all().items()
        ]

    def _purpose_rows(self, language: Language) -> list[list[html.Cell]]:
        now = moments.now()
        rows: list[list[html.Cell]] = []
        active = [grant for grant in self._grants.all() if grant.status(now) == "active"]
        names = self._purposes.names()
        for name in names.values():
            covering = {names[number] for number in self._purposes.covering(name)}
            kinds = sorted({grant.kind for grant in active if grant.purpose in covering})
            cleared = len(self._clearances.compute(name).cleared)
            grounds = ", ".join(_GROUNDS[kind].within(language) for kind in kinds)
            rows.append([name, f"{cleared:,}", grounds or None])
        return rows
