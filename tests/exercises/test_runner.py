"""Runs small programs in the process for exercises: what is reported, and how each can end."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
import torch
from torch import nn

from engine.exercises.program import FLOOD, SHOWN
from engine.exercises.record import VALUES, Failure, Record
from engine.exercises.runner import Limits, ProgramRun, Runner
from tests.exercises.small import running
from tests.processes import alive, all_end, descendants

PATIENT = Limits(120, 240)
SHORT = Limits(1, 1)
"""For programs that end only at their limit."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with pytest.MonkeyPatch.context() as patch, running() as runner:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        runner.start()
        yield runner


Ran = Callable[..., Record]


@pytest.fixture
def ran(runner: Runner, tmp_path: Path) -> Ran:
    """Return a function that runs a program and returns its record."""

    def run(source: str, probe: str = "", limits: Limits = PATIENT) -> Record:
        file = tmp_path / "program.py"
        return runner.wait(runner.run(dedent(source), file, dedent(probe), limits))

    return run


def values(record: Record) -> list[object]:
    assert record.failure is None, record.failure
    return [value for _, value in record.values]


def failure(record: Record) -> Failure:
    assert record.failure is not None
    return record.failure


def until(runner: Runner, condition: Callable[[], object]) -> None:
    """Poll until the condition is met."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        if not runner.poll():
            time.sleep(0.005)


def server(runner: Runner) -> int:
    """Return the process of the server."""
    assert runner._child is not None
    assert runner._child.pid is not None
    return runner._child.pid


def left(session: int) -> list[int]:
    """Return the living processes of a session, apart from descendants that have left it."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(facts[3]) == session and facts[0] != "Z":
            found.append(int(status.parent.name))
    return found


# What is reported.

LINEAR = """
    import torch
    from torch import nn

    x = torch.randn(12, 3)
    y = torch.randn(12, 1)


    def train():
        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        for _ in range(30):
            loss = nn.functional.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss, model
"""


def test_a_training_gives_the_numbers_of_a_plain_loop_to_the_last_bit(ran: Ran) -> None:
    record = ran(LINEAR)
    torch.manual_seed(0)
    x, y = torch.randn(12, 3), torch.randn(12, 1)
    model = nn.Linear(3, 1)
    velocity = [torch.zeros_like(each) for each in model.parameters()]
    losses, parameters, gradients = [], [], []
    for _ in range(30):
        loss = ((model(x) - y) ** 2).mean()
        grads = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for each, grad, v in zip(model.parameters(), grads, velocity, strict=True):
                v.mul_(0.9).add_(grad)
                each.sub_(0.05 * v)
        losses.append(loss.item())
        flat = nn.utils.parameters_to_vector(model.parameters())
        parameters.append(tuple(flat.tolist()))
        gradients.append(tuple(torch.cat([grad.reshape(-1) for grad in grads]).tolist()))
    assert len(record.losses) == 30
    assert record.losses == pytest.approx(losses, rel=1e-5)
    assert [len(each) for each in record.parameters] == [4] * 20
    assert record.parameters[0] == pytest.approx(parameters[0], rel=1e-5)
    assert record.parameters[19] == pytest.approx(parameters[19], rel=1e-5)
    assert record.gradients[0] == pytest.approx(gradients[0], rel=1e-5)
    assert record.last == pytest.approx(parameters[-1], rel=1e-5)
    assert record.steps == record.backwards == tuple(range(1, 21))
    assert not record.keeps_graphs
    assert record.moved

    # The same loop in this process, written as in the program, is equal to the last bit.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        torch.manual_seed(0)
        names: dict[str, object] = {}
        exec(dedent(LINEAR), names)
        plain = [loss.item() for loss, _ in names["train"]()]  # type: ignore[operator]
    finally:
        torch.set_num_threads(threads)
    assert list(record.losses) == plain


def test_a_program_gives_the_same_record_every_time(ran: Ran) -> None:
    chance = """
        import random
        import numpy as np
        import torch

        def train():
            for _ in range(25):
                yield random.random() + np.random.rand() + torch.rand(1), [torch.rand(2)]
    """
    first = ran(chance)
    assert len(set(first.losses)) == 25
    assert ran(chance) == first
    assert ran(LINEAR) == ran(LINEAR)


def test_a_model_may_be_anything_that_holds_numbers(ran: Ran) -> None:
    models = {
        "[1.5, torch.tensor([2.0, 3.0])]": (1.5, 2.0, 3.0),
        "{'w': torch.tensor(1.0), 'b': [2, (3.0,)]}": (1.0, 2.0, 3.0),
        "np.array([[1.0, 2.0]])": (1.0, 2.0),
        "Value(4.0)": (4.0,),
        "'text'": (),
        "None": (),
    }
    for model, numbers in models.items():
        record = ran(f"""
            import numpy as np
            import torch

            class Value:
                def __init__(self, data):
                    self.data = data

            def train():
                yield 1, {model}
        """)
        assert (record.failure, record.losses, record.last) == (None, (1.0,), numbers), model


def test_of_many_parameters_the_first_and_two_sums_are_reported(ran: Ran) -> None:
    (numbers,) = ran("""
        import torch

        def train():
            yield 0.0, torch.arange(100.0)
    """).parameters
    assert numbers[:VALUES] == tuple(map(float, range(VALUES)))
    assert numbers[VALUES:] == (99 * 100 / 2, 99 * 100 * 199 / 6)


def test_kept_graphs_are_counted(ran: Ran) -> None:
    kept = LINEAR.replace("yield loss, model", "kept.append(loss); yield loss, model")
    assert ran(kept.replace("def train():", "kept = []\n\n    def train():")).keeps_graphs


def test_a_running_total_of_tensors_is_a_graph_that_grows(ran: Ran) -> None:
    def added(line: str) -> Record:
        program = LINEAR.replace("for _", "total = 0\n        for turn, _").replace(
            "in range(30)", "in enumerate(range(30))"
        )
        return ran(program.replace("yield loss", f"{line}\n            yield loss"))

    for line in ("total = total + loss", "total += loss", "total = (total + loss) / 2"):
        record = added(line)
        assert record.keeps_graphs, line
        assert not record.keeps_tensors, line
    for line in (
        "total += loss.item()",
        "total = total + loss.detach()",
        "total = loss if turn % 5 == 0 else total + loss",  # freed after each epoch
        "kept = [loss * n for n in range(turn % 3)]",
    ):
        assert not added(line).keeps_graphs, line


def test_the_data_are_reported_for_a_picture(runner: Runner, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    run = runner.run(dedent(LINEAR), file, limits=PATIENT, picture=True)
    runner.wait(run)
    torch.manual_seed(0)
    assert run.recorder.data == (torch.randn(12, 3).tolist(), torch.randn(12, 1).tolist())
    run = runner.run("x = 3\ndef train():\n    yield 1, [1]", file, limits=PATIENT, picture=True)
    runner.wait(run)
    assert run.recorder.data == ([], [])


def test_a_probe_reports_values_of_every_kind(ran: Ran) -> None:
    record = ran(
        "import torch\nw = torch.tensor([[1, 2, 3]])\n",
        """
        import numpy as np
        import torch

        def probe(program):
            yield "a tensor", program.w
            yield "a gradient", torch.ones(2, requires_grad=True) / 4
            yield "an array", np.array([0.5])
            yield "a number of numpy", np.float64(0.25)
            yield "a list", [1, (2.5, None), "x", True]
            yield "not a number", float("nan")
            yield "another object", {1}
            yield "large", torch.arange(100.0)
        """,
    )
    *shown, nan, other, large = values(record)
    assert shown == [
        {"shape": [1, 3], "dtype": "int64", "numbers": [1, 2, 3]},
        {"shape": [2], "dtype": "float32", "numbers": [0.25, 0.25]},
        {"shape": [1], "dtype": "float64", "numbers": [0.5]},
        0.25,
        [1, [2.5, None], "x", True],
    ]
    assert [label for label, _ in record.values][:2] == ["a tensor", "a gradient"]
    assert nan != nan
    assert other == "a set"
    assert large == {"shape": [100], "dtype": "float32", "numbers": [float(n) for n in range(64)]}


def test_the_program_is_a_module_beside_its_file(ran: Ran, tmp_path: Path) -> None:
    helper = tmp_path / "helper.py"
    helper.write_text("answer = 42\n")
    os.utime(helper, (10**9, 10**9))
    record = ran(
        """
        import os
        from helper import answer

        main = __name__ == "__main__"
        here = os.getcwd()
        """,
        "def probe(p):\n    yield '', [p.answer, p.main, p.here, p.__file__]",
    )
    assert values(record) == [[42, False, str(tmp_path), str(tmp_path / "program.py")]]
    helper.write_text("answer = 43\n")  # as long, and within the same second
    os.utime(helper, (10**9, 10**9))
    record = ran("from helper import answer", "def probe(p):\n    yield '', p.answer")
    assert values(record) == [43]


def test_a_path_need_not_be_text(runner: Runner, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system accepts UTF-8 only")
    record = runner.wait(runner.run("1 / 0", folder / "ö.py", limits=PATIENT))
    assert (failure(record).type, failure(record).line) == ("ZeroDivisionError", 1)


# Output.


def test_output_is_captured_and_cut(ran: Ran) -> None:
    record = ran("import sys, warnings\nprint('ŷ', 1)\nprint('b', file=sys.stderr)")
    assert (record.output, record.failure) == ("ŷ 1\nb\n", None)
    record = ran("import warnings\nwarnings.warn('careful')")
    assert "UserWarning: careful" in record.output
    record = ran(f"for _ in range(3):\n    print('x' * {SHOWN - 5})\nw = 1")
    assert record.output == ("x" * (SHOWN - 5) + "\n" + "x" * SHOWN)[:SHOWN]
    assert record.failure is None


def test_a_flood_of_output_ends_the_program(ran: Ran) -> None:
    record = ran("while True:\n    print('x' * 1000)")
    assert (failure(record).kind, failure(record).line) == ("output", 2)
    assert f"{FLOOD:,}" in failure(record).message
    assert len(record.output) == SHOWN
    # Also if it catches every exception, which `Limit` is not.
    loop = "while True:\n    try:\n        print('x' * 99)\n    except Exception:\n        pass"
    assert failure(ran(loop)).kind == "output"


def test_nothing_of_a_program_reaches_our_terminal(
    ran: Ran, capfd: pytest.CaptureFixture[str]
) -> None:
    record = ran("""
        import ctypes
        import os
        import sys

        os.write(1, b"out")
        os.write(2, b"err")
        print("real", file=sys.__stdout__, flush=True)
        print("real", file=sys.__stderr__, flush=True)
        ctypes.CDLL(None).puts(b"C")
        ctypes.CDLL(None).fflush(None)
        assert os.read(0, 1) == b""
        try:
            os.open("/dev/tty", os.O_RDWR)
        except OSError:
            print("no terminal")
    """)
    assert (record.output, record.failure) == ("no terminal\n", None)
    assert capfd.readouterr() == ("", "")


def test_what_a_program_writes_to_foreign_descriptors_is_ignored(ran: Ran) -> None:
    record = ran("""
        import os

        for line in (b"1", b"null", b"[]", b'"text"', b"no json", b"\\xff", b"{}", b'{"id": "x"}'):
            for descriptor in range(3, 30):
                try:
                    os.write(descriptor, line + b"\\n")
                except OSError:
                    pass
        print("done")
    """)
    assert (record.output, record.failure) == ("done\n", None)
    record = ran("""
        import os

        for descriptor in range(3, 30):
            try:
                os.write(descriptor, b'{"id": 1, "los')
            except OSError:
                pass
        os.kill(os.getpid(), 9)
    """)
    assert failure(record).message == "the signal SIGKILL ended it"


# Errors.

ERRORS = (
    ("1 / 0\n", "ZeroDivisionError", "division by zero", 1),
    ("x = 1\nprint(x\n", "SyntaxError", "'(' was never closed", 2),
    ("def train():\nyield 1\n", "IndentationError", "expected an indented block", 2),
    ("x = 1\n\0\n", "SyntaxError|ValueError", "null bytes", None),
    ("import helper\n", "ZeroDivisionError", "division by zero", 1),
    ("x = 1\nimport broken\n", "SyntaxError", "broken.py", 2),
    ("import nothing_of_this_name\n", "ModuleNotFoundError", "nothing_of_this_name", 1),
    ("name = input('? ')\n", "NotAllowed", "nobody can press one", 1),
    ("raise ValueError('\\ud800\\x1b[2J')\n", "ValueError", "??[2J", 1),  # no terminal obeys it
    ("class Odd(Exception):\n    def __str__(self): 1 / 0\nraise Odd\n", "Odd", "cannot be", 3),
    ("raise SyntaxError('odd', ('x', 'a', 1, ''))\n", "SyntaxError", "odd", 1),
    ("def f():\n    f()\nf()\n", "RecursionError", "recursion", 2),
    ("def train():\n    return 1\n", "TypeError", "returned an int", None),
    ("def train():\n    pass\n", "TypeError", "returned nothing", None),
    ("def train():\n    return [(1.0, [])]\n", "TypeError", "returned a list", None),
    ("def train():\n    yield 1.0\n", "TypeError", "yielded a float", None),
    ("def train():\n    yield\n", "TypeError", "yielded nothing; it must yield a pair", None),
    ("def train():\n    return 1.0, [2]\n", "TypeError", "returned a tuple; it must yield", None),
    ("def train():\n    yield 1.0, int\n", "TypeError", "yielded the class int", None),
    ("def train():\n    yield 1.0, [1].copy\n", "TypeError", "the function copy, which", None),
    ("def train():\n    yield (1.5).hex, [1]\n", "TypeError", "the function hex, which", None),
    ("def train():\n    yield 1.0, 2, 3\n", "TypeError", "yield a pair", None),
    ("def train():\n    if 0:\n        yield\n", "TypeError", "yielded nothing", None),
    ("def train():\n    yield None, []\n", "TypeError", "loss is a NoneType", None),
    ("import torch\ndef train():\n    yield torch.ones(2), []\n", "TypeError", "shape (2,)", None),
    ("def train():\n    yield 1.0, []\n    1 / 0\n", "ZeroDivisionError", "division", 3),
    ("train = 3\n", "TypeError", "not callable", None),
)


def test_errors_are_reported_with_the_line_of_the_program(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("\n\n\n1 / 0\n")
    (tmp_path / "broken.py").write_text("x = (\n")
    for source, type_, message, line in ERRORS:
        found = failure(ran(source))
        assert found.kind == "error", source
        assert found.type in type_.split("|"), source
        assert message in found.message, source
        assert found.line == line, source


def test_the_trace_holds_the_lines_of_the_program_only(ran: Ran) -> None:
    record = ran("""
        import torch

        def half(n):
            return torch.zeros(n) @ torch.zeros(2)

        def train():
            yield 1.0, []
            yield half(3), []
    """)
    assert record.losses == (1.0,)
    assert failure(record).trace == ((9, "train"), (5, "half"))
    assert failure(record).line == 5


def test_a_missing_name_in_the_probe_has_no_line(ran: Ran) -> None:
    record = ran("w = 1", "def probe(program):\n    yield 'b', program.b")
    assert (failure(record).type, failure(record).line) == ("AttributeError", None)


def test_a_program_without_train_runs_to_its_end(ran: Ran) -> None:
    record = ran("print(sum(range(4)))")
    assert (record.losses, record.output, record.failure) == ((), "6\n", None)


def test_a_loss_that_is_a_tensor_prints_nothing(ran: Ran) -> None:
    body = "w = torch.ones(1, requires_grad=True)\n    yield (w * 3).sum(), [w]\n"
    record = ran(f"import torch\n\ndef train():\n    {body}")
    assert (record.losses, record.output, record.failure) == ((3.0,), "", None)


def test_exits_are_told_apart(ran: Ran) -> None:
    for code in ("import sys\nsys.exit()", "\nexit(3)", "\nraise SystemExit"):
        found = failure(ran(code))
        assert (found.kind, found.line) == ("exit", 2), code
    assert failure(ran("import os\nos._exit(3)")).kind == "killed"
    assert "SIGKILL" in failure(ran("import os\nos.kill(os.getpid(), 9)")).message
    assert failure(ran("import ctypes\nctypes.string_at(0)")).kind == "killed"


def test_no_process_may_be_started(ran: Ran) -> None:
    for start in (
        "os.system('true')", "subprocess.run(['true'])", "os.fork()", "os.popen('true')",
        "os.execv('/bin/true', ['true'])", "os.posix_spawn('/bin/true', ['true'], {})",
        "multiprocessing.Process(target=print).start()", "os.spawnv(os.P_WAIT, '/bin/true', ['x'])",
    ):  # fmt: skip
        found = failure(ran(f"import multiprocessing, os, subprocess\n{start}"))
        assert (found.type, found.line) == ("NotAllowed", 2), start


WORKERS = """
    import torch
    from torch.utils.data import DataLoader, Dataset


    class Rows(Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, index):
            return torch.tensor(float(index))


    def train():
        for batch in DataLoader(Rows(), batch_size=3, num_workers=2):
            yield batch.sum(), []
"""


def test_the_workers_of_a_dataloader_are_allowed(ran: Ran) -> None:
    record = ran(WORKERS)
    assert (record.losses, record.failure) == ((0.0 + 1 + 2, 3.0 + 4 + 5), None)


def test_too_much_memory_ends_the_program(ran: Ran) -> None:
    if sys.platform != "linux":
        pytest.skip("there is no limit")
    assert failure(ran("import torch\nx = torch.zeros(2**30)")).kind == "memory"
    assert failure(ran("x = bytearray(3 * 2**30)")).kind == "memory"
    assert failure(ran("import numpy as np\nx = np.zeros(2**29)")).kind == "memory"
    assert ran("import torch\nx = torch.zeros(2**27)").failure is None  # half a gigabyte is fine


# Limits of time.


def test_an_endless_loop_is_ended_with_its_line(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.exercises.runner.GRACE", 120)  # it ends by itself, however late
    for source, line, losses, what in (
        ("x = 1\nwhile True:\n    x = 2\n", (2, 3), 0, "to the first loss"),
        ("def train():\n    while 1:\n        pass\n    yield\n", (2, 3), 0, "to the first loss"),
        ("def train():\n    yield 2, []\n    while True:\n        pass\n", (3, 4), 1, "in total"),
        ("import time\ntime.sleep(1000)\n", (2,), 0, "to the first loss"),
        ("import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\n",
         (4,), 0, "to the first loss"),
    ):  # fmt: skip
        record = ran(source, limits=Limits(120, 1) if losses else SHORT)
        assert failure(record).kind == "timeout", source
        assert failure(record).line in line, source
        assert failure(record).message == f"no end after 1 s {what}", source
        assert len(record.losses) == losses, source


def test_an_endless_probe_is_ended(ran: Ran) -> None:
    record = ran("w = 1", "def probe(program):\n    while True:\n        pass", SHORT)
    assert (failure(record).kind, failure(record).line) == ("timeout", None)


def test_an_endless_training_that_nobody_reads_is_ended_with_its_line(
    runner: Runner, tmp_path: Path
) -> None:
    # As if the app was suspended: the pipe is full, and the limit comes in the middle of a line.
    source = "def train():\n    while True:\n        yield 1 / 3, None\n"
    run = runner.run(source, tmp_path / "program.py", limits=SHORT)
    until(runner, lambda: run.recorder.losses)
    time.sleep(SHORT.total + 1)  # nothing can be awaited: it is the limit that has to pass
    record = runner.wait(run)
    assert failure(record).kind == "timeout"
    assert set(record.losses) == {1 / 3}


def test_a_program_that_swallows_its_limit_is_killed(ran: Ran) -> None:
    record = ran(
        """
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
        """,
        limits=SHORT,
    )
    assert failure(record) == Failure("timeout", "", "no end after 1 s")


# Several runs, and the end of them.

ENDLESS = """
def train():
    step = 0
    while True:
        step += 1
        yield step, [step]
"""
QUICK = "def train():\n    yield 1, [1]\n"


def started(runner: Runner, tmp_path: Path, source: str = ENDLESS) -> ProgramRun:
    """Start a program, and return its run when its first loss has come."""
    run = runner.run(dedent(source), tmp_path / "program.py", limits=PATIENT)
    until(runner, lambda: run.recorder.losses)
    return run


def test_runs_wait_for_each_other_and_any_can_be_stopped(runner: Runner, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    for seed in range(5):
        draw = random.Random(seed)
        first = started(runner, tmp_path)
        waiting = [runner.run(QUICK, file, limits=PATIENT) for _ in range(4)]
        stopped = draw.sample(waiting, 2)
        order = [first, *stopped]
        draw.shuffle(order)
        for run in order:
            runner.stop(run)
            assert run.ended
        for run in waiting:
            record = runner.wait(run)
            assert record.failure is None
            assert record.losses == (() if run in stopped else (1.0,))
        assert not runner.busy
        runner.stop(first)  # nothing to stop any more
        count = len(first.recorder.losses)
        runner.wait(runner.run(QUICK, file, limits=PATIENT))
        assert len(first.recorder.losses) == count  # nothing more was recorded


def test_a_stopped_program_leaves_no_process(runner: Runner, tmp_path: Path) -> None:
    run = started(runner, tmp_path)
    (program,) = descendants(server(runner))
    runner.stop(run)
    assert all_end([program])
    assert alive(server(runner))


def test_a_server_that_is_killed_fails_its_runs_and_the_next_one_works(
    runner: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "program.py"
    running_, waiting = started(runner, tmp_path), runner.run(QUICK, file, limits=PATIENT)
    processes = {server(runner), *descendants(server(runner))}
    assert len(processes) == 2
    os.kill(server(runner), signal.SIGKILL)
    for run in (running_, waiting):
        found = failure(runner.wait(run))
        assert (found.kind, found.type) == ("killed", "")
        assert found.message.startswith("the process that runs programs has ended")
    assert all_end(processes)
    assert not runner.busy
    assert runner.wait(runner.run(QUICK, file, limits=PATIENT)).losses == (1.0,)
    # The same if it dies while nothing runs, and nobody polls.
    os.kill(server(runner), signal.SIGKILL)
    assert runner._child is not None
    assert runner._child._process is not None
    assert select.select([runner._child._process.stdout], [], [], 60)[0]  # closed by now
    assert runner.wait(runner.run(QUICK, file, limits=PATIENT)).losses == (1.0,)


def test_a_server_that_dies_at_its_start_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (sys.executable, "-c", "raise SystemExit('no torch')")
    monkeypatch.setattr("engine.exercises.runner.python", lambda _: command)
    with running() as runner:
        for _ in range(2):
            run = runner.run(QUICK, tmp_path / "program.py", limits=PATIENT)
            assert failure(runner.wait(run)).message.endswith("has ended: no torch")


STUCK = WORKERS.replace(
    "return torch.tensor(float(index))",
    "while index > 2:\n                pass\n            return torch.tensor(1.0)",
)
"""The first batch comes, and the worker of the second never returns."""


def test_close_leaves_no_process_even_of_workers(tmp_path: Path) -> None:
    with running() as runner:
        run = started(runner, tmp_path, STUCK)
        until(runner, lambda: len(descendants(server(runner))) >= 3)  # a program, two workers
        processes = {server(runner), *descendants(server(runner))}
        runner.close()
        assert run.ended
        assert all_end(processes)
        runner.close()
        assert not runner.poll()


HOLDER = """
import sys
from pathlib import Path
from engine.exercises.runner import Limits, Runner
runner = Runner()
run = runner.run(sys.argv[1], Path(sys.argv[2]), limits=Limits(120, 240))
print(runner._child.pid, flush=True)
runner.wait(run)
"""


def kill_holder(tmp_path: Path, seed: int) -> None:
    """Kill the process that holds a runner after a random time: nothing of it may be left."""
    draw = random.Random(seed)
    source = dedent(draw.choice((ENDLESS, STUCK)))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, source, tmp_path / "program.py"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        session = int(holder.stdout.readline())
        processes: set[int] = set()
        end = time.monotonic() + draw.uniform(0, 5)
        while time.monotonic() < end:
            processes |= descendants(holder.pid)
            time.sleep(0.01)
        processes |= descendants(holder.pid)
        holder.kill()
    # It may be in the middle of importing PyTorch, which takes a while on a busy machine.
    assert all_end({session, *processes}, 60), (seed, processes)
    assert not left(session), seed


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_left_if_the_holder_of_the_runner_is_killed(tmp_path: Path, seed: int) -> None:
    kill_holder(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 33))
def test_nothing_is_left_if_the_holder_is_killed_at_any_time(tmp_path: Path, seed: int) -> None:
    kill_holder(tmp_path, seed)


def test_what_a_program_writes_to_the_descriptor_of_the_events_harms_nothing(ran: Ran) -> None:
    forged = (
        '{"id": %d, "losses": "x"}', '{"id": %d, "losses": 7}', '{"id": %d, "value": 3}',
        '{"id": %d, "failure": {}}', '{"id": %d, "failure": 3}', "[" * 60_000 + "%d",
    )  # fmt: skip
    for event in forged:
        ran(f"""
            import os
            for descriptor in range(3, 64):
                for number in range(1, 100 if {len(event) < 99} else 2):
                    try:
                        os.write(descriptor, b"\\n" + {event!r}.encode() % number + b"\\n")
                    except OSError:
                        break
        """)
    assert ran(QUICK).losses == (1.0,)


def test_a_program_that_closes_the_descriptor_of_the_events_is_told_so(ran: Ran) -> None:
    opened = "kept = [open(os.devnull, 'w') for _ in range(30)]\n"
    other = "for each in range(3, 30):\n    os.dup2(2, each)\n"
    for source in (
        "os.closerange(0, 1000)\n",
        f"os.closerange(0, 1000)\n{opened}",  # another file has its number
        other,
        "os.closerange(0, 1000)\n1 / 0\n",
    ):
        found = failure(ran(f"import os\n{source}{QUICK}"))
        assert (found.kind, found.message) == (
            "closed", "it closed the descriptor through which its losses come here"
        ), source  # fmt: skip
    record = ran(f"{QUICK.rstrip()}\n    import os; os.closerange(0, 1000)\n    yield 2, [1]\n")
    assert (record.losses, failure(record).kind) == ((1.0,), "closed")
    assert ran(QUICK).losses == (1.0,)


def test_events_that_a_program_invents_are_not_taken_for_its_own(ran: Ran) -> None:
    for event in ('"ended": 0', '"losses": [7.0]', '"failure": {"kind": "exit", "message": ""}'):
        record = ran(f"""
            import os
            for descriptor in range(3, 30):
                for number in range(100):
                    try:
                        os.write(descriptor, b'\\n{{"id": %d, {event}}}\\n' % number)
                    except OSError:
                        break
            def train():
                yield 1, [1]
        """)
        assert (record.losses, record.failure) == ((1.0,), None), event


def test_a_program_that_leaves_or_stops_the_server_is_reported_and_the_next_one_runs(
    ran: Ran,
) -> None:
    assert "exit code 0" in failure(ran("import os\nos._exit(0)\n")).message
    stop = "import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(60)\n"
    assert failure(ran(stop, limits=Limits(1, 1))).kind == "timeout"
    assert ran("def train():\n    yield 1.0, 2.0\n").losses == (1.0,)
