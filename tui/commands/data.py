"""`dltui data`: lists the data sets, prints their folders, and downloads them."""

from __future__ import annotations

import json
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.config import nearest
from engine.datasets import registry
from engine.datasets.registry import DataSet, data_dir, fetch_command, install, megabytes
from engine.datasets.verify import DataSetStatus, status
from tui.commands.command import DATA_DIR, CommandLine, Refusal, notice, option, refusing, switch
from tui.paths import use_data_dir
from tui.terminal.capabilities import can_draw, is_terminal

if TYPE_CHECKING:
    from engine.datasets.download import FetchProgress

FACTS = ("name", "title", "about", "kind", "source", "licence", "size")
NOTES = """\
examples:
  dltui data                   the data sets, to read
  dltui data list --json       the same for a program
  dltui data fetch mnist       download it from its makers, once
  dltui data path              the folder of the data sets
  dltui data path mnist        the folder of this one
  dltui data list --data-dir /srv/data

A folder that holds one already is read, and never written to: the four files of the
makers, packed or not, in the folder itself, in MNIST/raw, in mnist or in raw.

exit code: 0 done, 1 not here, or cannot be downloaded, 2 wrong command line, 130 Ctrl-C
"""


def data(options: Namespace) -> int:
    """Run the command with these options and return the exit code."""
    actions = {"list": _list, "fetch": _fetch, "path": _path}
    if options.action not in actions:
        raise Refusal(f"no action {options.action!r}; {nearest(options.action, actions)}")
    if options.json and options.action != "list":
        raise Refusal(f"data {options.action} prints no JSON: leave --json out")
    with refusing():
        use_data_dir(options.data_dir, may_be_made=options.action == "fetch")
        data_set = registry.find(options.name) if options.name is not None else None
    return (_list_json if options.json else actions[options.action])(data_set)


def _list(data_set: DataSet | None) -> int:
    print(f"the folder of the data sets: {data_dir()}")
    if trouble := registry.data_dir_problem():
        print(trouble)
    for each in (data_set,) if data_set else registry.DATA_SETS:
        print(f"\n{each.name}: {each.title}, {each.about}")
        lines = (f"{each.licence}, by {each.source}", *_status(each, status(each, data_dir())))
        print("\n".join(f"    {line}" for line in lines))
    return 0


def _list_json(data_set: DataSet | None) -> int:
    facts = []
    for each in (data_set,) if data_set else registry.DATA_SETS:
        found = status(each, data_dir())
        here: dict[str, Any] = {
            "here": found.place is not None,
            "path": str(found.place) if found.place else None,
            "problem": str(found.fault) if found.fault else None,
        }
        facts.append({name: getattr(each, name) for name in FACTS} | here)
    print(json.dumps({"folder": str(data_dir()), "data_sets": facts}, indent=2))
    return 0


def _status(each: DataSet, found: DataSetStatus) -> Iterator[str]:
    if found.place is not None:
        yield "here, inside scikit-learn" if each.embedded else f"here: {found.place}"
        return
    yield f"DAMAGED: {found.fault}" if found.fault else "not here"
    size = "" if each.embedded else f" ({megabytes(each.size)})"
    yield f"get it{size}: {install('scikit-learn') if each.embedded else fetch_command(each.name)}"


def _path(data_set: DataSet | None) -> int:
    trouble = registry.data_dir_problem()
    place = data_dir()
    if data_set is not None:
        found = status(data_set, place)
        if found.place is None:
            why = filter(None, (trouble, *_status(data_set, found)))
            notice(f"{data_set.name}: {'; '.join(why)}")
            return 1
        place = found.place
    elif trouble:
        notice(trouble)
    print(os.path.realpath(place))
    return 0


def _fetch(data_set: DataSet | None) -> int:
    if data_set is None:
        names = ", ".join(each.name for each in registry.DATA_SETS if each.files)
        raise Refusal(f"fetch needs the name of a data set; there are: {names}")
    folder = data_dir()
    if registry.why_unreadable(folder) == registry.MISSING and registry.data_dir_option():
        notice(f"{folder} does not exist: creating it")
    place = status(data_set, folder).place
    if place is not None:
        where = "inside scikit-learn" if data_set.embedded else f"in {place}"
        print(f"{data_set.title}: here already, {where}")
        return 0

    from engine.datasets.download import FetchFailed, fetch  # imports http.client

    draws = is_terminal(sys.stdout) and can_draw()
    report = (FetchBar if draws else FetchLines)(data_set)
    code, message = 0, ""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        place = fetch(data_set.name, folder, report.show, stop=lambda: False)
    except FetchFailed as failure:
        code, message = 1, str(failure)
    except KeyboardInterrupt:
        code, message = 130, "cancelled: nothing was changed"
    finally:
        signal.signal(signal.SIGINT, before)
    report.end()
    if message:
        notice(message)
    else:
        print(f"{data_set.title}: here now, in {place}")
    return code


class FetchLines:
    """Reports a download in about ten lines, for pipes and files."""

    def __init__(self, data_set: DataSet) -> None:
        self._tenth, size = 0, megabytes(data_set.size)
        print(f"fetching {data_set.title}, {size}, into {data_dir()}", flush=True)

    def show(self, progress: FetchProgress) -> None:
        """Print a line for every tenth of the data set."""
        tenth = 10 * progress.got // progress.size
        if tenth > self._tenth:
            self._tenth = tenth
            print(f"{progress.so_far}  {progress.file}", flush=True)

    def end(self) -> None:
        """Do nothing, as there is no bar to remove."""


class FetchBar:
    """Reports a download in a terminal with a bar that is removed at the end."""

    def __init__(self, data_set: DataSet) -> None:
        from engine.datasets.download import DownloadSpeed
        from tui.commands.progress_bar import ProgressBar

        self._speed = DownloadSpeed()
        text = f"fetching {data_set.title}, {megabytes(data_set.size)}; Ctrl-C cancels"
        self._bar = ProgressBar(text, longest=30)
        self.end = self._bar.clear

    def show(self, progress: FetchProgress) -> None:
        """Redraw the bar if that is due."""
        if self._bar.due:
            rate = f"{megabytes(self._speed.after(progress))}/s"
            text = f" {progress.so_far}  {rate}  {progress.file}"
            self._bar.draw(progress.got, progress.size, text)


DATA = CommandLine(
    data,
    usage="data [list | fetch NAME | path [NAME]] [--json] [--data-dir DIR]",
    summary="The data sets: what each is, who made it, whether it is here, and where.",
    notes=NOTES,
    arguments={
        "action": option("ACTION", "list, fetch or path (list)", nargs="?", default="list"),
        "name": option("NAME", "a data set, as list names it", nargs="?"),
        "--json": switch("print the list as JSON"),
        **DATA_DIR,
    },
)
