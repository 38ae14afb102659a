"""What commands of quality write: text, JSON, HTML, all of one report."""

import os
import sys
from argparse import ArgumentParser, Namespace

from viewer.commands.output import HTML, JSON, check_output, write_output
from viewer.qa.report.report import Report


def add_report_arguments(parser: ArgumentParser) -> None:
    """Declare --json, --html, --tables and --with-patient-data."""
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write JSON, to standard output where FILE is left out",
    )
    parser.add_argument("--html", metavar="FILE", help="write a page that stands alone")
    parser.add_argument(
        "--tables", action="store_true", help="tables in words too, not just sentences"
    )
    parser.add_argument(
        "--with-patient-data",
        action="store_true",
        help="do not withhold names, identifiers and dates of patients",
    )


def check_report_arguments(arguments: Namespace) -> None:
    """Refuse targets that cannot be written, before the work; raises SlideError."""
    if arguments.json not in (None, "-"):
        check_output(arguments.json, JSON)
    if arguments.html is not None:
        check_output(arguments.html, HTML)


def write_report(report: Report, arguments: Namespace) -> None:
    """Write a report as the arguments say, and in words; raises SlideError.

    In words it goes to standard output, unless JSON goes there.
    """
    from viewer.qa.report.json import report_json
    from viewer.qa.report.text import TextOptions, report_text

    with_patient_data = arguments.with_patient_data
    if arguments.html is not None:
        from viewer.qa.report.html import report_html

        page = report_html(report, with_patient_data=with_patient_data)
        write_output(arguments.html, page, HTML)
    if arguments.json is not None:
        written = report_json(report, with_patient_data=with_patient_data)
        if arguments.json == "-":
            print(written)
            return
        write_output(arguments.json, f"{written}\n".encode(), JSON)
    # Of a comparison the tables are long, and its lines say the most important.
    with_tables = arguments.tables or report.kind != "compare" or bool(report.members)
    options = TextOptions(_width(), with_patient_data, with_tables)
    print(report_text(report, options))


def _width() -> int:
    """Return how wide a text may be: a terminal's width, else 80 columns."""
    try:
        return max(60, min(120, os.get_terminal_size(sys.stdout.fileno()).columns))
    except (OSError, ValueError, AttributeError):
        return 80
