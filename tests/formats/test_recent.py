"""Recent: a budget in bytes that is kept."""

from viewer.formats.recent import Recent


def test_least_recently_used_value_goes_first() -> None:
    recent: Recent[str, str] = Recent(30)
    for name in "abc":
        recent.put(name, name.upper(), 10)
    assert recent.get("a") == "A"
    recent.put("d", "D", 10)
    assert [recent.get(name) for name in "abcd"] == ["A", None, "C", "D"]
    assert recent.used == 30


def test_what_is_larger_than_the_budget_is_not_kept_and_pushes_nothing_out() -> None:
    recent: Recent[str, str] = Recent(30)
    recent.put("a", "A", 10)
    recent.put("b", "B", 31)
    assert recent.get("a") == "A"
    assert recent.get("b") is None
    assert recent.used == 10


def test_newer_value_replaces_the_older_and_its_bytes() -> None:
    recent: Recent[str, str] = Recent(30)
    recent.put("a", "A", 10)
    recent.put("a", "Z", 20)
    assert recent.get("a") == "Z"
    assert recent.used == 20
    recent.clear()
    assert recent.get("a") is None
    assert recent.used == 0
