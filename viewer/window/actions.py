"""Every action of the window in one table.

Single keys work only while the picture has the focus, so that text fields can be typed
in. Those that the picture answers itself are shown in the menu as text (`keys`), for a
second binding would make them ambiguous.
"""

from collections.abc import Sequence
from enum import Enum, Flag, auto
from typing import Final, NamedTuple

from viewer.scene.navigation import MAGNIFICATIONS, MICROMETERS_AT_1X


class Binding(Enum):
    """Where the keys of an action work."""

    WINDOW = "anywhere in the window"
    PICTURE = "while the picture has the focus"
    SHOWN = "answered by the picture itself, only shown here"


class Need(Flag):
    """What must be the case for an action to make sense."""

    NOTHING = 0
    SLIDE = auto()
    SEVERAL_SLIDES = auto()
    SOMETHING_TO_LEAVE = auto()
    CHANNELS = auto()
    SEVERAL_PLANES = auto()
    OTHER_SIDE = auto()


class ActionRow(NamedTuple):
    """One action: `name` is the key of its slot; empty makes a line in the menu.

    `checked` makes it a switch, in the state it begins with; its slot gets the state.
    `tip` says in a sentence what it does, where the text alone does not.
    """

    menu: str
    name: str
    text: str
    keys: tuple[str, ...]
    binding: Binding = Binding.WINDOW
    need: Need = Need.NOTHING
    checked: bool | None = None
    tip: str = ""


FILE: Final = "&File"
VIEW: Final = "&View"
ZOOM: Final = "&Zoom"
COLOR: Final = "&Color"
PANELS: Final = "&Panels"
GO: Final = "&Go"
HELP: Final = "&Help"

_SEPARATOR: Final = ("", "", ())
_SHOWN: Final = (Binding.SHOWN, Need.SLIDE)
_FOCUSED: Final = (Binding.PICTURE, Need.SEVERAL_PLANES)
_SWITCHED: Final = (Binding.PICTURE, Need.SEVERAL_SLIDES)

ACTIONS: Final[Sequence[ActionRow]] = (
    ActionRow(
        FILE,
        "open_files",
        "&Open Files …",
        ("Ctrl+O",),
        tip="Open files, each with the rest of its slide",
    ),
    ActionRow(
        FILE,
        "open_folder",
        "Open &Folder …",
        ("Ctrl+Shift+O",),
        tip="Open every slide in a folder",
    ),
    ActionRow(
        FILE,
        "paste",
        "Open &Pasted Path",
        ("Ctrl+V",),
        tip="Open the files or folders whose paths are on the clipboard",
    ),
    ActionRow(
        FILE,
        "open_demo",
        "Open &Demo Slide",
        (),
        tip="Open a slide that the program draws itself",
    ),
    ActionRow(FILE, *_SEPARATOR),
    ActionRow(
        FILE,
        "close_slide",
        "&Close Slide",
        ("Ctrl+W",),
        need=Need.SLIDE,
        tip="Put away the slide on screen",
    ),
    ActionRow(FILE, *_SEPARATOR),
    ActionRow(
        FILE, "quit", "&Quit", ("Ctrl+Q",), tip="Close the window and end the program"
    ),
    ActionRow(
        VIEW,
        "full_screen",
        "&Full Screen",
        ("F11",),
        tip="Show the slide alone, on the whole screen",
    ),
    ActionRow(VIEW, "full_screen_key", "", ("F",), Binding.PICTURE),
    ActionRow(
        VIEW,
        "minimap",
        "&Minimap",
        ("M",),
        Binding.PICTURE,
        checked=True,
        tip="Show where in the slide the view is, and what was seen of it",
    ),
    ActionRow(
        VIEW,
        "scale_bar",
        "&Scale Bar",
        ("S",),
        Binding.PICTURE,
        checked=True,
        tip="Show a line of a round length on the slide",
    ),
    ActionRow(
        VIEW,
        "other_side",
        "As &TIFF",
        ("Ctrl+T",),
        need=Need.OTHER_SIDE,
        tip="Show the other side of a file that is DICOM and TIFF at once",
    ),
    ActionRow(
        ZOOM, "zoom_in", "Zoom &In", ("+",), *_SHOWN, tip="Magnify a quarter more"
    ),
    ActionRow(
        ZOOM,
        "zoom_out",
        "Zoom &Out",
        ("-",),
        *_SHOWN,
        tip="Magnify less, to see more around",
    ),
    ActionRow(
        ZOOM, "fit", "&Whole Slide", ("0",), *_SHOWN, tip="Fit the slide into the view"
    ),
    ActionRow(
        ZOOM,
        "native",
        "&Native Pixels",
        ("9",),
        *_SHOWN,
        tip="Show one pixel of the slide on one of the screen",
    ),
    ActionRow(
        ZOOM,
        "smooth_zoom",
        "&Smooth Zoom",
        (),
        checked=True,
        tip="Glide to another magnification instead of jumping there",
    ),
    ActionRow(ZOOM, *_SEPARATOR),
    *(
        ActionRow(
            ZOOM,
            f"magnify_{factor:g}",
            f"{factor:g}x",
            (f"{key}",),
            *_SHOWN,
            tip=f"Show {MICROMETERS_AT_1X / factor:g} µm of the slide on each pixel",
        )
        for key, factor in MAGNIFICATIONS.items()
    ),
    ActionRow(
        COLOR,
        "color_managed",
        "Apply ICC &Profiles",
        ("Y",),
        Binding.PICTURE,
        checked=True,
        tip="Correct colors by the slide's ICC profiles, or leave them as stored",
    ),
    ActionRow(
        COLOR,
        "color_declared",
        "Show Colors as &Declared",
        (),
        need=Need.SLIDE,
        checked=False,
        tip="Believe the attributes where the pixel data says otherwise of its colors",
    ),
    ActionRow(
        COLOR,
        "reset_adjustment",
        "&Reset Adjustments",
        (),
        need=Need.SLIDE,
        tip="Show colors as the slide says (Home, with the whole slide)",
    ),
    ActionRow(COLOR, *_SEPARATOR),
    ActionRow(
        COLOR,
        "all_channels",
        "Show &All Channels",
        ("Alt+0",),
        need=Need.CHANNELS,
        tip="Add up all optical paths of grey samples",
    ),
    *(
        ActionRow(
            COLOR,
            f"channel_{number}",
            f"Channel {number}",
            (f"Alt+{number}",),
            need=Need.CHANNELS,
            tip=f"Show or hide channel {number}",
        )
        for number in range(1, 10)
    ),
    ActionRow(
        GO,
        "focus_up",
        "Focus &Up",
        ("]",),
        *_FOCUSED,
        tip="Show the focal plane above",
    ),
    ActionRow(
        GO,
        "focus_down",
        "Focus &Down",
        ("[",),
        *_FOCUSED,
        tip="Show the focal plane below",
    ),
    ActionRow(GO, *_SEPARATOR),
    ActionRow(
        GO,
        "next_slide",
        "&Next Slide",
        ("PgDown",),
        *_SWITCHED,
        tip="Show the slide after this one in the list",
    ),
    ActionRow(
        GO,
        "previous_slide",
        "&Previous Slide",
        ("PgUp",),
        *_SWITCHED,
        tip="Show the slide before this one in the list",
    ),
    ActionRow(GO, *_SEPARATOR),
    ActionRow(
        GO,
        "find",
        "&Find in Metadata …",
        ("Ctrl+F",),
        need=Need.SLIDE,
        tip="Search the attributes of the file shown in the metadata panel",
    ),
    ActionRow(GO, "find_key", "", ("/",), Binding.PICTURE, Need.SLIDE),
    ActionRow(
        GO,
        "find_next",
        "Find Ne&xt",
        ("F3",),
        need=Need.SLIDE,
        tip="Go to the next attribute found",
    ),
    ActionRow(
        GO,
        "find_previous",
        "Find Pre&vious",
        ("Shift+F3",),
        need=Need.SLIDE,
        tip="Go to the attribute found before",
    ),
    ActionRow(GO, *_SEPARATOR),
    ActionRow(
        GO,
        "next_region",
        "Next &Region",
        ("F6",),
        tip="Go on to the next panel, or to the picture",
    ),
    ActionRow(
        GO,
        "previous_region",
        "Previ&ous Region",
        ("Shift+F6",),
        tip="Go back to the panel before, or to the picture",
    ),
    ActionRow(
        GO,
        "leave",
        "Cance&l, Close Message or Leave Full Screen",
        ("Esc",),
        need=Need.SOMETHING_TO_LEAVE,
        tip="Stop opening, else close the message, else show the panels again",
    ),
    ActionRow(
        HELP,
        "keys",
        "&Keys and Mouse",
        ("F1", "?"),
        tip="List all that the window does, to search and to try",
    ),
    ActionRow(
        HELP,
        "about",
        "&About Coverslip",
        (),
        tip="Show the versions of the program and its libraries",
    ),
)

MENUS: Final = (FILE, VIEW, ZOOM, COLOR, PANELS, GO, HELP)
"""From left to right; one without entries is not shown."""
