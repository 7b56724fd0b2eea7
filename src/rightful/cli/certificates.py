"""What a certificate says, in plain words, in English and in Chinese."""

from collections.abc import Iterator, Mapping
from typing import Any

_KINDS = {
    "erase": ("erasure", "删除"),
    "withdraw": ("withdrawal of consent", "撤回同意"),
    "rectify": ("correction", "更正"),
    "expire": ("end of the retention period", "保存期限届满"),
}
_OUTCOMES = {
    "exact": (
        "exact: the weights in force are the very bits that training without the records gives",
        "精确:现行权重与从未使用这些记录训练所得的权重逐位相同",
    ),
    "equivalent": (
        "equivalent: trained anew without the records, but elsewhere than at first, so that bits "
        "can't be compared",
        "等效:已在不含这些记录的情况下重新训练,但环境与当初不同,无法逐位比较",
    ),
    "never trained": (
        "never trained: no run was given these records, so no model had anything to forget",
        "从未训练:没有任何训练使用过这些记录,模型无须遗忘",
    ),
}


def words(body: Mapping[str, Any], language: str) -> Iterator[str]:
    """The lines that say what the body of a certificate says."""
    zh = language == "zh"
    kind = _KINDS.get(body["kind"], (body["kind"],) * 2)[zh]
    outcome = _OUTCOMES.get(body["outcome"], (body["outcome"],) * 2)[zh]
    if zh:
        yield f"{body['controller']} 于 {body['certified_at']} 证明:一次遗忘({kind})已经完成。"
        yield f"结果:{outcome}。"
        yield f"涉及记录:{body['records']} 条。"
        yield "本人的密钥已销毁。" if body["key_destroyed"] else "没有销毁密钥。"
        yield "记录的字节已清除。" if body["bytes_purged"] else "数据本身仍然保留。"
    else:
        yield f"{body['controller']} certifies, on {body['certified_at']}, a forgetting ({kind})."
        yield f"Outcome: {outcome}."
        yield f"Records it is about: {body['records']}."
        yield (
            "The person's key was destroyed." if body["key_destroyed"] else "No key was destroyed."
        )
        yield (
            "The bytes of the records were purged."
            if body["bytes_purged"]
            else "The data itself stays, for other grounds that there may be."
        )
    if body.get("expired"):
        yield _expired(body["expired"], zh)
    for reason in body["because"]:
        yield ("原因:" if zh else "Because: ") + reason
    for run in body["runs"]:
        yield from _run(run, zh)


def _expired(expired: Mapping[str, Any], zh: bool) -> str:
    if zh:
        return (
            f"截至 {expired['as_of']},这些记录的保存期限均已届满,来自 {expired['sources']} 个来源;"
            f"另有 {expired['kept']} 条期限同样届满、依据法定义务或限制处理而保留的记录。"
            f"已删除记录集合的承诺值:{expired['keys']}"
        )
    return (
        f"Their retention date had passed as of {expired['as_of']}; they came from "
        f"{expired['sources']} sources. Past their date and kept on a ground: {expired['kept']}. "
        f"The commitment to the set of what was deleted: {expired['keys']}"
    )


def _run(run: Mapping[str, Any], zh: bool) -> Iterator[str]:
    if zh:
        yield (
            f"模型 {run['model']}({run['kind']}):训练 {run['before']} 由训练 {run['after']} 取代,"
            f"{run['steps']} 步中重做 {run['steps_replayed']} 步,"
            f"记录由 {run['records_before']} 条变为 {run['records_after']} 条。"
        )
        yield f"  原权重 SHA-256 {run['weights_before']}"
        yield f"  新权重 SHA-256 {run['weights_after']}"
    else:
        yield (
            f"Model {run['model']} ({run['kind']}): run {run['before']} was replaced by run "
            f"{run['after']}, {run['steps_replayed']} of {run['steps']} steps done again, on "
            f"{run['records_after']} records instead of {run['records_before']}."
        )
        yield f"  weights before, SHA-256 {run['weights_before']}"
        yield f"  weights after,  SHA-256 {run['weights_after']}"
