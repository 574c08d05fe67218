"""Sizes of files, in words."""

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def size_in_words(size: int) -> str:
    """« 512 octets », « 640 ko », « 1,2 Mo »: decimal units, one decimal below ten."""
    if size < 1000:
        return f"{size}{NO_BREAK_SPACE}octet{'s' if size > 1 else ''}"
    value, unit = size / 1000, "ko"
    for larger in ("Mo", "Go"):
        if round(value) >= 1000:
            value, unit = value / 1000, larger
    digits = f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"
    return digits.replace(".", ",") + NO_BREAK_SPACE + unit
