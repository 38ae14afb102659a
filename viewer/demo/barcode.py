"""Code 128 (ISO/IEC 15417), code set B: text as bars of 1 to 4 modules."""

from typing import Final

# Each symbol's three bars and three spaces, by its value, six digits each.
SYMBOLS: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212"
    "112232122132122231113222123122123221223211221132221231213212223112312131"
    "311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212"
    "124112124211411212421112421211212141214121412121111143111341131141114113"
    "114311411113411311113141114131311141411131211412211214211232"
)
STOP: Final = "2331112"
START_B: Final = 104
CHECK: Final = 103
QUIET: Final = 10
"""Modules that are to stay empty before and behind the bars."""


def bars(text: str) -> str:
    """Return the widths of bars and spaces by turns, a bar first, in modules.

    Raises ValueError where text has other characters than those of printed ASCII.
    """
    if not text or not all(" " <= letter <= "~" for letter in text):
        raise ValueError(f"{text!r}: expected printable ASCII")
    values = [START_B, *(ord(letter) - ord(" ") for letter in text)]
    check = sum(max(1, place) * value for place, value in enumerate(values)) % CHECK
    symbols = [SYMBOLS[6 * value : 6 * value + 6] for value in (*values, check)]
    return "".join([*symbols, STOP])
