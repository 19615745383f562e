"""The generated pages are those that the code would write now."""

from tools.docs import DICTIONARY, data_dictionary


def test_the_data_dictionary_is_up_to_date() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == data_dictionary(), "run: make docs"
