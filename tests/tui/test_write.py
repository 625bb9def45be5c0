"""The page Write and the bug hunt: editing, running, verdicts, hints, and keeping every text."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Static, TextArea

from engine.exercises.exercise import Exercise
from lessons.exercises import exercises, find
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.exercise_file import ExerciseFile
from tui.progress import Progress
from tui.screens.bug_hunt import BugHuntScreen
from tui.screens.home import HomeScreen
from tui.screens.write import WriteView
from tui.widgets.painted import Painted
from tui.widgets.program import Program

STEP = find("linear-regression/training-step")
FILL = """\
        loss = loss_function(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item(), model
"""


def said(view: WriteView) -> str:
    """Return the text below the program, as one line."""
    return " ".join(str(view.query_one("#verdict", Static).content).split())


def plain(text: str) -> str:
    """Return a text as it is shown, with its code in bold."""
    return text.replace("`", "")


def progress(folder: Path) -> Progress:
    return Progress(folder / "state" / "progress.jsonl")


async def opened(pilot: Pilot[None]) -> WriteView:
    """Open the page of the current lesson."""
    await until(pilot, lambda: pilot.app.screen.query(ContentSwitcher))
    await pilot.press("4")
    view = pilot.app.screen.query_one(WriteView)
    await until(pilot, lambda: view.query(Program) and view.query_one(Program).has_focus)
    return view


async def judged(pilot: Pilot[None], view: WriteView) -> str:
    """Wait for the verdict, and return it."""
    await until(pilot, lambda: view.verdict is not None)
    return said(view)


async def test_a_program_is_written_run_named_and_solved(own_folders: Path) -> None:
    file = ExerciseFile.of(STEP)
    async with app(STEP.lesson).run_test(size=(120, 40)) as pilot:
        view = await opened(pilot)
        program = view.query_one(Program)
        assert program.text == STEP.given == file.read()
        assert program.cursor_location[0] + 1 == STEP.gap[0]
        assert "4 Write" in screen_text(pilot.app)
        assert f"exercise 1 of {len(exercises(STEP.lesson))} · 0 solved" in screen_text(pilot.app)
        await pilot.press("space")
        assert "as you got it" in await judged(pilot, view)

        # Typing does not run; escape saves, runs and leaves.
        await pilot.press("enter")
        assert program.selected_text == "loss = torch.tensor(0.0)  # replace this line"
        program.text = STEP.given.replace(program.selected_text, "loss = lost(x)")
        await pilot.press("escape")
        assert program.read_only
        assert file.read() == program.text
        await until(pilot, lambda: view.verdict is not None and view.verdict.status == "error")
        assert "NameError" in said(view)
        assert program.document[program.cursor_location[0]].strip() == "loss = lost(x)"
        assert program.has_class("-failing")

        # Another editor saves a mutant: it runs, and its bug is named with its line.
        mutant = next(one for one in STEP.mutants if one.name == "no-zero-grad")
        file.path.write_text(mutant.program, encoding="utf-8")
        await until(pilot, lambda: view.verdict is not None and view.verdict.fault == mutant.name)
        line = mutant.line(mutant.program)
        assert said(view).startswith(f"✗ {plain(mutant.explanation)}")
        assert said(view).endswith(f"Look at line {line}.")
        assert program.cursor_location[0] + 1 == line

        before, _, after = STEP.given.partition("        # your turn")
        after = after.partition("        yield loss.item(), model\n")[2]
        file.path.write_text(before + FILL + after, encoding="utf-8")
        await until(pilot, lambda: view.verdict is not None and view.verdict.status == "solved")
        assert not program.has_class("-failing")
        assert "n: the next exercise" in said(view)
        assert progress(own_folders).of(STEP.lesson).exercises == {STEP.name}
        loss = view.query_one("#own-loss", Painted)
        assert any("yours" in strip.text for strip in loss.strips)
        assert view.query_one("#own-picture").display
        assert " 1 solved" in screen_text(pilot.app)

        file.path.write_text(mutant.program, encoding="utf-8")
        await until(pilot, lambda: program.has_class("-failing"))
        await pilot.press("n")
        assert view.exercise is exercises(STEP.lesson)[1]
        assert not program.has_class("-failing")
        file.path.write_text(before + FILL + after, encoding="utf-8")
        await pilot.press("p")
        assert view.exercise is STEP
        assert program.text == before + FILL + after


async def test_hints_earn_the_solution_and_starting_over_keeps_the_file(own_folders: Path) -> None:
    async with app(STEP.lesson).run_test(size=(80, 22)) as pilot:
        view = await opened(pilot)
        await pilot.press("o")
        assert "read 3 more hints" in said(view)
        for number, hint in enumerate(STEP.hints, start=1):
            await pilot.press("h")
            assert said(view).startswith(f"Hint {number} of 3: {plain(hint)}")
        await pilot.press("h")
        assert said(view).startswith(f"Hint 3 of 3: {plain(STEP.hints[2])}")
        assert len(progress(own_folders).of(STEP.lesson).hints) == 3
        await pilot.press("o")
        assert not view.has_class("-solution")  # it asks first
        await pilot.press("o")
        assert view.query_one("#solution", TextArea).text == STEP.solution
        assert view.query_one("#solution").display
        await pilot.press("o")
        assert not view.has_class("-solution")

        file = ExerciseFile.of(STEP)
        await pilot.press("enter")
        assert pilot.app.screen.active_bindings["escape"].binding.id == "program.leave"
        await pilot.press("home", "x", "1")  # letters and numbers are typed
        await pilot.press("4")
        assert view.display
        program = view.query_one(Program)
        assert "x14" in program.text
        file.path.write_text("theirs = 1\n", encoding="utf-8")  # meanwhile, by another editor
        await pilot.press("ctrl+s")
        mine = program.text
        assert file.read() == mine
        kept = file.path.with_name(f"{file.path.name}.bak")
        assert kept.read_text(encoding="utf-8") == "theirs = 1\n"
        await pilot.press("y", "escape")
        typed = file.read()
        assert "x14y" in typed

        await pilot.press("x")
        assert file.read() == typed  # it asks first
        await pilot.press("x")
        assert file.read() == STEP.given == program.text
        assert str(file.path.with_name(f"{file.path.name}.bak2")) in said(view).replace(" ", "")

        # What is typed is saved when the page is left in any way.
        await pilot.press("enter", "z")
        await pilot.app.run_action("screen.back")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        written = file.read().splitlines()[STEP.gap[0] + 1]
        assert written.strip() == "z"  # what is typed first replaces the placeholder
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(WriteView))
        await pilot.press("4", "enter", "w")
    assert "w" in file.read().splitlines()[STEP.gap[0] + 1]


async def test_a_file_that_cannot_be_used_is_explained() -> None:
    file = ExerciseFile.of(STEP)
    file.path.mkdir(parents=True)
    async with app(STEP.lesson).run_test(size=(80, 22)) as pilot:
        view = await opened(pilot)
        assert "is no program" in said(view)
        for key in ("space", "enter"):
            await pilot.press(key)
            assert "is no program" in said(view)
        await pilot.press("x", "x")
        assert file.read() == STEP.given
        file.path.write_bytes(b"\xff\xfe")
        await until(pilot, lambda: "is not UTF-8" in said(view))
        file.path.unlink()
        await until(pilot, lambda: "is missing" in said(view))


async def test_the_bug_is_named_before_it_is_explained(own_folders: Path) -> None:
    bug: Exercise = exercises("bug-hunt")[0]
    right = next(i for i, answer in enumerate(bug.answers) if answer.right)
    async with app("bug-hunt").run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, BugHuntScreen))
        view = pilot.app.screen.query_one(WriteView)
        await until(pilot, lambda: view.query(Program) and view.query_one(Program).has_focus)
        program = view.query_one(Program)
        await pilot.press("space")
        assert "say which it is" in await judged(pilot, view)
        assert plain(bug.mutants[0].explanation) not in said(view)
        assert not program.has_class("-failing")
        await pilot.press("b")
        await until(pilot, lambda: pilot.app.focused is not program)
        await pilot.press("home", *["down"] * right, "enter")
        await until(pilot, lambda: progress(own_folders).of("bug-hunt").answers == {bug.name})
        assert said(view).startswith(f"✓ {plain(bug.answers[right].why)}")
        assert said(view).endswith("Now repair it: enter edits here, e opens your editor.")
        await pilot.press("n")  # while the question has the focus
        assert view.exercise is exercises("bug-hunt")[1]
        assert program.has_focus
        await pilot.press("b")
        wrong = [answer.right for answer in view.exercise.answers].index(False)
        await until(pilot, lambda: pilot.app.focused is not program)
        await pilot.press("home", *["down"] * wrong, "enter")
        await until(pilot, lambda: said(view).startswith("✗"))
        assert said(view) == f"✗ {plain(view.exercise.answers[wrong].why)}"
        await pilot.press("escape", "p", "x", "escape")  # closes the question; does not start over
        assert program.has_focus
        assert view.exercise is bug
        await pilot.press("space")
        assert (await judged(pilot, view)).startswith(f"✗ {plain(bug.mutants[0].explanation)}")
        ExerciseFile.of(bug).path.write_text(bug.solution, encoding="utf-8")
        await until(pilot, lambda: view.verdict is not None and view.verdict.status == "solved")
        await pilot.press("b", "b", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert "Bug hunt" in screen_text(pilot.app)
        assert f"1/{len(exercises('bug-hunt'))}" in screen_text(pilot.app)


async def test_a_bug_that_is_an_error_shows_its_message() -> None:
    stopped = find("bug-hunt/stopped-by-an-error")
    async with app("bug-hunt").run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, BugHuntScreen))
        view = pilot.app.screen.query_one(WriteView)
        await until(pilot, lambda: view.query(Program) and view.query_one(Program).has_focus)
        view._index = exercises("bug-hunt").index(stopped)
        view._open()
        await pilot.press("space")
        message = await judged(pilot, view)
        assert message.startswith("✗ RuntimeError: one of the variables needed for gradient")
        assert message.endswith("Press b and say which bug it is.")


async def test_a_program_that_trains_nothing_shows_what_is_checked() -> None:
    shapes = find("tensors/shapes")
    async with app(shapes.lesson).run_test(size=(120, 40)) as pilot:
        view = await opened(pilot)
        checks = lambda: str(view.query_one("#checks", Static).content)  # noqa: E731
        assert "space: run" in checks()
        await pilot.press("space")
        await judged(pilot, view)
        await until(pilot, lambda: "✗ grid" in checks())
        assert "expected an int64 tensor of shape (6, 2): 0, 1, 2, 3, 4, 5, …" in checks()
        assert "○ batch" in checks()
        assert not view.query_one("#own-loss").display
        ExerciseFile.of(shapes).path.write_text(shapes.solution, encoding="utf-8")
        await until(pilot, lambda: "✓ batch" in checks())
        assert "✗" not in checks()
        await until(pilot, lambda: "you have solved every exercise here" in said(view))
        assert "n: the next exercise" not in said(view)
        assert "`" not in screen_text(pilot.app)


async def test_an_empty_program_is_continued_at_its_end() -> None:
    whole = find("batches/from-empty")
    async with app(whole.lesson).run_test(size=(80, 22)) as pilot:
        view = await opened(pilot)
        while view.exercise is not whole:
            await pilot.press("n")
        program = view.query_one(Program)
        assert program.cursor_location == (0, 0)
        await pilot.press("enter", "x", "ctrl+home", "y", "ctrl+end", "z")
        assert program.text == f"y{whole.given}xz"
        await pilot.press("escape")
        ExerciseFile.of(whole).path.write_text(whole.solution, encoding="utf-8")
        await until(pilot, lambda: view.verdict is not None and view.verdict.status == "solved")
        assert f"runs with: python {ExerciseFile.of(whole).path}" in said(view)


async def test_a_running_program_is_counted_in_the_status_bar_until_it_is_left() -> None:
    loop = "def train():\n    n = 0\n    while True:\n        n += 1\n        yield float(n), [n]\n"
    async with app(STEP.lesson).run_test(size=(80, 22)) as pilot:
        view = await opened(pilot)
        ExerciseFile.of(STEP).path.write_text(loop, encoding="utf-8")
        await until(pilot, lambda: "▶ update" in screen_text(pilot.app))
        assert said(view) == "running; its limits: 20 s to its first loss, 60 s in total"
        await pilot.press("3")
        await until(pilot, lambda: "linear-regression.py" in screen_text(pilot.app))
        await pilot.press("4")
        await until(pilot, lambda: "0 solved" in screen_text(pilot.app))
        assert view.verdict is None
