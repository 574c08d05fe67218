"""Telephone numbers, as people read them."""

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def in_pairs(number: str) -> str:
    """A French number of ten digits in pairs, kept on one line: « 01 99 00 00 00 »; any other as it is."""
    pairs = [number[at : at + 2] for at in range(0, 10, 2)]
    return NO_BREAK_SPACE.join(pairs) if len(number) == 10 and number.isdecimal() else number
