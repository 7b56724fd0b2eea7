"""Licences that texts and links are of; what can't be told is none, and never guessed."""

from pathlib import Path

import pytest

from rightful.grants.permissions import permissions
from rightful.grants.stated_licences import expression, is_licence_file, of_link, of_text

ROOT = Path(__file__).parents[2]

MIT = """MIT License

Copyright (c) 2026 Example Lab

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED.
"""
BSD2 = """Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:
1. Redistributions of source code must retain the above copyright notice.
2. Redistributions in binary form must reproduce the above copyright notice.
THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS".
"""
THIRD = """3. Neither the name of the copyright holder nor the names of its contributors
may be used to endorse or promote products derived from this software without permission.
"""
UNLICENSE = """This is free and unencumbered software released into the public domain.
We make this dedication for the benefit of the public at large. We dedicate any and all copyright.
"""


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        (MIT, "MIT"),
        (MIT.replace("\n", "\n * "), "MIT"),
        (MIT.upper(), "MIT"),
        (BSD2, "BSD-2-Clause"),
        (BSD2 + THIRD, "BSD-3-Clause"),
        (UNLICENSE, "Unlicense"),
        ("/* SPDX-License-Identifier: MIT OR Apache-2.0 */", "MIT OR Apache-2.0"),
        ("# SPDX-License-Identifier: LicenseRef-ours\n", "LicenseRef-ours"),
    ],
)
def test_a_well_known_text_is_known(text: str, licence: str) -> None:
    assert of_text(text) == licence


def test_our_own_licence_is_known() -> None:
    assert of_text((ROOT / "LICENSE").read_text()) == "Apache-2.0"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "All rights reserved.",
        "MIT",
        "Released under the MIT License.",
        MIT + BSD2,
        MIT + "The Software shall be used for Good, not Evil.",
        MIT.replace("sublicense, ", ""),
        BSD2 + "Neither the name of anybody may be used.",
        BSD2 + "All advertising materials must display it.",
        MIT + "More terms. " * 300,
        "SPDX-License-Identifier: MIT\nSPDX-License-Identifier: ISC",
        "SPDX-License-Identifier: no such thing",
        "x" * 300_000,
    ],
)
def test_what_can_t_be_told_is_none(text: str) -> None:
    assert of_text(text) is None


@pytest.mark.parametrize(
    ("address", "licence"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0", "CC-BY-NC-SA-3.0"),
        ("//creativecommons.org/licenses/by-nd/2.0/deed.de", "CC-BY-ND-2.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/legalcode.zh-hans", "CC-BY-NC-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://spdx.org/licenses/MIT.html", "MIT"),
        ("https://creativecommons.org/licenses/by/9.0/", None),
        ("https://creativecommons.org/licenses/by/3.0/us/", None),  # a port of another text
        ("https://creativecommons.org/publicdomain/mark/1.0/", None),  # no licence
        ("https://creativecommons.org/about", None),
        ("https://creativecommons.org.evil.example/licenses/by/4.0/", None),
        ("https://evil.example/?creativecommons.org/licenses/by/4.0/", None),
        ("javascript:creativecommons.org/licenses/by/4.0/", None),
        ("http://[x", None),
    ],
)
def test_a_link_is_known_by_its_whole_address(address: str, licence: str | None) -> None:
    assert of_link(address) == licence
    if licence is not None:
        told = permissions([licence])
        assert told is not None
        assert told.training != "unclear" or licence == "CC-BY-ND-2.0"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("GPL-2.0-only WITH Classpath-exception-2.0",) * 2,
        ("LicenseRef-ours AND MIT", "LicenseRef-ours AND MIT"),
        ("Mitt", None),
        ("MIT OR", None),
        ("", None),
    ],
)
def test_an_expression_is_one_of_the_list(text: str, written: str | None) -> None:
    assert expression(text) == written


def test_files_of_licences_are_known_by_name() -> None:
    for name in ("LICENSE", "licence.txt", "a/COPYING", "LICENSE-MIT", "COPYING.LESSER"):
        assert is_licence_file(name)
    for name in ("licensed.py", "README", "my-license"):
        assert not is_licence_file(name)
