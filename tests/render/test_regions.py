"""Every token gets the part of the text it stands in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calltune.render.regions import Region, spans_at
from calltune.render.rendered import PARTS, Part

places = st.integers(0, 30)
regions_in_order = st.lists(
    st.tuples(places, places, st.sampled_from(PARTS)).map(lambda one: (one[0], one[0] + one[1], one[2])), max_size=6
).map(sorted)


def part_of(regions: list[Region], position: int) -> Part:
    """The definition, one place at a time: the last region that begins there or before, if it has not ended."""
    begun = [region for region in regions if region[0] <= position]
    return begun[-1][2] if begun and position < begun[-1][1] else "other"


@given(regions_in_order, st.lists(places, max_size=20).map(sorted))
def test_the_parts_of_all_tokens_at_once_are_those_of_each_alone(regions: list[Region], starts: list[int]) -> None:
    spans = list(spans_at(regions, starts, 0.5))
    assert [part for part, _, tokens in spans for _ in range(tokens)] == [part_of(regions, start) for start in starts]
    assert {weight for _, weight, _ in spans} == {0.5}
