import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.recognisers import recogniser
from rightful.screening.recognisers.gazetteer import Gazetteer
from rightful.screening.recognisers.recogniser import GROUPS_OF, NAME, PLACE
from rightful.screening.screener import Screener

CHOSEN = Gazetteer()


def found(text: str, kind: str) -> list[str]:
    return [text[each.start : each.end] for each in CHOSEN.find([text])[0] if each.kind == kind]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mr. Zebedee Quux called back.", ["Zebedee Quux"]),
        ("Sehr geehrte Frau Quux, danke", ["Quux"]),
        ("my name is Ferko Takáts and", ["Ferko Takáts"]),
        ("Thank you.\n\nBest regards,\nDjevad Šušulić\nSales", ["Djevad Šušulić"]),
        ("Dear Quux,\nyour order", ["Quux"]),
        ("I met Emily there, and DEBRA NEAL.", ["Emily", "DEBRA NEAL"]),
        ("Maika van de Noort came with Ken N. Fukuda.", ["Ken N. Fukuda"]),
        ("We saw Anna's dog. Peter left.", ["Anna", "Peter"]),
        ("联系人：王小明，电话另行通知", ["王小明"]),
        ("张伟女士，您的快递已到", ["张伟"]),
        ("我叫欧阳娜娜。", ["欧阳娜娜"]),
        ("昨天和陈志强见面", []),
        ("昨天，陈志强在北京开会", ["陈志强"]),
    ],
)
def test_names_are_found_by_titles_cues_and_known_given_names(text: str, names: list[str]) -> None:
    assert found(text, NAME) == names


@pytest.mark.parametrize(
    "text",
    [
        "We meet in May. Mark the date, and Will the parser stop?",
        "Dear Sir or Madam,\nThe Annual Report of Acme Corp is ready.",
        "user_Anna@mail.example and camelAnna",
        "高速公路今天车流量很大，周三下午开会，方便时回复。",
        "",
    ],
)
def test_words_that_only_look_like_names_are_none(text: str) -> None:
    assert found(text, NAME) == []


def test_places_are_found_by_a_list_in_both_languages() -> None:
    assert found("from New York City to Den Haag, then 北京市和广东省", PLACE) == [
        "New York City",
        "Den Haag",
        "北京市",
        "广东省",
    ]


@settings(max_examples=80)
@given(
    st.lists(
        st.sampled_from(
            [
                "Mr. ",
                "Anna ",
                "van ",
                "Paris",
                "Dear ",
                "王",
                "小明",
                "先生",
                "联系人：",
                "北京",
                "\n",
                ". ",
            ]
        )
        | st.text(max_size=4)
    ).map("".join)
)
def test_findings_lie_within_the_text_in_order_and_apart(text: str) -> None:
    findings = CHOSEN.find([text])[0]
    at = 0
    for each in findings:
        assert at <= each.start < each.end <= len(text)
        assert each.kind in GROUPS_OF
        assert 0.4 <= each.confidence <= 1
        at = each.end


def test_a_screener_with_the_gazetteer_finds_names_and_states_its_version() -> None:
    chosen = recogniser("gazetteer")
    screener = Screener([], chosen)
    assert [each.kind for each in screener.findings("Mr. Quux flew to Vienna")] == [NAME, PLACE]
    assert screener.version != Screener([]).version
