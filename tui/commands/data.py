"""`dltui data`: the data sets, where they lie, and fetching one; knows no torch and no screen."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.config import nearest
from engine.datasets.catalog import DATA_SETS, DataSet, find
from engine.datasets.places import (
    MISSING,
    fetch_command,
    folder,
    option,
    variable_trouble,
    why_unreadable,
)
from engine.packages import install
from tui.coming import megabytes
from tui.commands.command import Command
from tui.commands.refusal import Refusal, notice, refusing
from tui.paths import use_data_dir

if TYPE_CHECKING:
    from engine.datasets.whole import Standing

NOTES = """\
examples:
  dltui data                   the data sets, to read
  dltui data list --json       the same for a program
  dltui data fetch mnist       bring it from its makers, once
  dltui data path              the folder of the data sets
  dltui data path mnist        where one of them lies
  dltui data list --data-dir /srv/data

A folder that holds one already is read, and never written to: the four files of the
makers, packed or not, in the folder itself, in MNIST/raw, in mnist or in raw.

exit code: 0 done, 1 it is not here, or did not come, 2 wrong command line, 130 Ctrl-C
"""


def data(options: Namespace) -> int:
    """Do what the action says; gives the exit code."""
    actions = {"list": _list, "fetch": _fetch, "path": _path}
    if options.action not in actions:
        raise Refusal(f"no action {options.action!r}; {nearest(options.action, actions)}")
    if options.json and options.action != "list":
        raise Refusal(f"data {options.action} prints no JSON: leave --json out")
    with refusing():
        use_data_dir(options.data_dir, may_be_made=options.action == "fetch")
        data_set = find(options.name) if options.name is not None else None
    action = _list_json if options.json else actions[options.action]
    return action(data_set)


def _list(data_set: DataSet | None) -> int:
    trouble = variable_trouble()
    head = [f"the folder of the data sets: {folder()}", *([trouble] if trouble else [])]
    print("\n".join([*head, *_page(_found(data_set))]))
    return 0


def _list_json(data_set: DataSet | None) -> int:
    facts = [_facts(each, stands) for each, stands in _found(data_set)]
    print(json.dumps({"folder": str(folder()), "data_sets": facts}, indent=2))
    return 0


def _found(data_set: DataSet | None) -> list[tuple[DataSet, Standing]]:
    chosen = (data_set,) if data_set else DATA_SETS
    return [(each, _standing(each)) for each in chosen]


def _standing(data_set: DataSet) -> Standing:
    from engine.datasets.whole import standing  # and with it what no other command needs

    return standing(data_set, folder())


def _page(found: list[tuple[DataSet, Standing]]) -> Iterator[str]:
    for each, stands in found:
        yield ""
        yield f"{each.name}: {each.title}, {each.about}"
        yield f"    {each.licence}, by {each.source}"
        yield from (f"    {line}" for line in _state(each, stands))


def _state(each: DataSet, stands: Standing) -> Iterator[str]:
    if stands.place is not None:
        yield "here, inside scikit-learn" if each.embedded else f"here: {stands.place}"
        return
    yield f"DAMAGED: {stands.fault}" if stands.fault else "not here"
    size = "" if each.embedded else f" ({megabytes(each.size)})"
    yield f"get it{size}: {install('scikit-learn') if each.embedded else fetch_command(each.name)}"


def _facts(each: DataSet, stands: Standing) -> dict[str, Any]:
    return {
        "name": each.name,
        "title": each.title,
        "about": each.about,
        "kind": each.kind,
        "source": each.source,
        "licence": each.licence,
        "size": each.size,
        "here": stands.place is not None,
        "path": str(stands.place) if stands.place else None,
        "problem": str(stands.fault) if stands.fault else None,
    }


def _fetch(data_set: DataSet | None) -> int:
    if data_set is None:
        names = ", ".join(each.name for each in DATA_SETS if each.files)
        raise Refusal(f"fetch needs the name of a data set; there are: {names}")
    if why_unreadable(folder()) == MISSING and option():
        notice(f"{folder()} does not exist: it is made")
    from tui.commands.data_fetch import fetch_data  # and with it Python's own HTTP

    return fetch_data(data_set, folder())


def _path(data_set: DataSet | None) -> int:
    trouble = variable_trouble()
    if data_set is None:
        if trouble:
            notice(trouble)
        print(os.path.realpath(folder()))
        return 0
    stands = _standing(data_set)
    if stands.place is None:
        why = (*([trouble] if trouble else []), *_state(data_set, stands))
        notice(f"{data_set.name}: {'; '.join(why)}")
        return 1
    print(os.path.realpath(stands.place))
    return 0


def _add_options(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("action", metavar="ACTION", nargs="?", default="list", help="list, fetch or path (list)")
    add("name", metavar="NAME", nargs="?", help="a data set, as list names it")
    add("--json", action="store_true", help="print the list as JSON")
    add("--data-dir", metavar="DIR", help="where the data sets are")


DATA = Command(
    usage="data [list | fetch NAME | path [NAME]] [--json] [--data-dir DIR]",
    summary="The data sets: what each is, whose it is, whether it is here, and where.",
    notes=NOTES,
    add_options=_add_options,
    run=data,
)
