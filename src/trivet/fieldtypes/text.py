"""Text: sentences, of which hardly two rows have the same."""

from trivet.core.fieldtypes import WordType


class Text(WordType):
    """Read by its words and letters, not as a whole."""

    wanted = "a text"
