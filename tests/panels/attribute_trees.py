"""Attributes made by hand: plain ones, sequences, very long sequences that count."""

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from viewer.slide.metadata import Attribute


def plain(keyword: str, value: str = "", tag: str = "(0008,0001)") -> Attribute:
    return Attribute(tag, keyword, f"The {keyword}", "LO", 1, value, path=keyword)


def item(number: int, *children: Attribute, path: str = "") -> Attribute:
    name = f"Item {number + 1}"
    return Attribute("", "", name, "", 0, "", lambda: children, path=path)


def sequence(keyword: str, *items: Sequence[Attribute]) -> Attribute:
    """Return a sequence with one item for each of some lists of attributes."""
    made = [
        item(
            number,
            *(moved(child, f"{keyword}[{number}].") for child in each),
            path=f"{keyword}[{number}]",
        )
        for number, each in enumerate(items)
    ]
    words = f"{len(made)} items"
    tag = "(0040,0560)"
    return Attribute(tag, keyword, keyword, "SQ", 1, words, lambda: made, path=keyword)


def moved(attribute: Attribute, above: str) -> Attribute:
    """Return an attribute, and all below it, with paths that lie deeper."""

    def expand() -> Sequence[Attribute]:
        return [moved(child, above) for child in attribute.children()]

    return Attribute(
        attribute.tag,
        attribute.keyword,
        attribute.name,
        attribute.vr,
        attribute.vm,
        attribute.value,
        expand if attribute.has_children else None,
        above + attribute.path,
        attribute.full,
        attribute.as_json,
    )


class LongSequence(Sequence[Attribute]):
    """Items that are made one by one; `made` are the numbers of those asked for."""

    def __init__(self, count: int, keyword: str = "PerFrame") -> None:
        self.length = count
        self.keyword = keyword
        self.made: list[int] = []

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, number: int) -> Attribute:  # type: ignore[override]
        if not 0 <= number < self.length:
            raise IndexError(number)
        self.made.append(number)
        path = f"{self.keyword}[{number}]"
        inside = moved(plain("Column", f"column {number}"), f"{path}.")
        return item(number, inside, path=path)

    @property
    def attribute(self) -> Attribute:
        """The sequence itself."""
        words = f"{self.length} items"
        tag = "(5200,9230)"
        return Attribute(
            tag, self.keyword, self.keyword, "SQ", 1, words, lambda: self, self.keyword
        )


class Counted:
    """A sequence that counts how often it is asked for its children."""

    def __init__(self, children: Sequence[Attribute]) -> None:
        self.asked = 0
        self.children = children
        self.attribute = Attribute("(0040,0560)", "Seq", "Sequence", "SQ", 1, "", self)

    def __call__(self) -> Sequence[Attribute]:
        self.asked += 1
        return self.children


WORDS = ("tissue", "Tile", "red", "Blue", "xyz")

plains = st.builds(
    plain,
    st.sampled_from(["Tissue", "TileRed", "Blue", "Xyz"]),
    st.lists(st.sampled_from(WORDS), max_size=2).map(" ".join),
    st.sampled_from(["(0008,0060)", "(0048,0006)", "(0009,10AB)"]),
)

trees: st.SearchStrategy[list[Attribute]] = st.lists(
    st.recursive(
        plains,
        lambda inner: st.builds(
            lambda keyword, lists: sequence(keyword, *lists),
            st.sampled_from(["TileSequence", "BlueSequence"]),
            st.lists(st.lists(inner, max_size=3), max_size=3),
        ),
        max_leaves=12,
    ),
    max_size=5,
)


def flat(
    attributes: Sequence[Attribute], wanted: Callable[[Attribute], bool]
) -> list[tuple[int, ...]]:
    """Return where the attributes wanted are: their numbers from the root down."""
    found: list[tuple[int, ...]] = []
    for number, each in enumerate(attributes):
        if wanted(each):
            found.append((number,))
        found += [(number, *rest) for rest in flat(each.children(), wanted)]
    return found
