"""Category: one of some words, which names a kind of thing."""

from trivet.core.fieldtypes import WordType


class Category(WordType):
    """Few enough words to tell each from every other."""

    wanted = "a text or number"
