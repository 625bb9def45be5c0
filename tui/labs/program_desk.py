"""Where a program lies open, seen three ways, and what a call costs; knows no measurement."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from engine.programs.look import Look
from engine.programs.sights import Way
from tui.charts.style import ChartStyle as Colours
from tui.labs.program_bars import costs
from tui.labs.program_boxes import drawing, graphs_of
from tui.labs.program_words import instead, listing, rows, said, title
from tui.widgets.challenges import Challenges
from tui.widgets.diagram import Diagram
from tui.widgets.program_source import ProgramSource
from tui.widgets.reading import Reading
from tui.widgets.ways import Ways

VIEWS = ("graph", "listing", "costs")
"""What takes the room below; a wide screen has the costs in sight all the time."""
MARKS = {
    Way.EAGER: "▸ ran, 3× three times",
    Way.TRACED: "▸ ran while tracing",
    Way.COMPILED: "",
}


class ProgramDesk(Vertical):
    """Shows a look; one of its views has the keys."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    ProgramDesk {
        height: 1fr;
        #workbench { height: 1fr; }
        #left { width: 1fr; }
        #right { width: 1fr; display: none; }
        #drawing, #listing, #instead { height: 1fr; }
        #listing, #instead { display: none; }
        #costs { height: 1fr; padding: 0 1; border: round $foreground 30%; }
        #costs { border-title-color: $text; }
        #listing Static { text-wrap: nowrap; text-overflow: ellipsis; }
        #what { height: auto; min-height: 2; max-height: 7; padding: 0 1; }
        #what { border-top: solid $foreground 30%; }
        &.-listing #listing { display: block; }
        &.-listing #drawing { display: none; }
        &.-none #instead { display: block; }
        &.-none #drawing, &.-none #listing { display: none; }
    }
    .-narrow ProgramDesk {
        &.-listing ProgramSource { display: none; }
        &.-none ProgramSource { display: block; }
        &.-costs #left, &.-costs #what { display: none; }
        &.-costs #right { display: block; }
    }
    .-wide ProgramDesk {
        #right { width: 46; display: block; }
    }
    """

    def __init__(self, challenges: Challenges) -> None:
        super().__init__()
        self._challenges = challenges
        self._view = VIEWS[0]
        self._source = ProgramSource(id="program-source")
        self._ways = Ways(id="ways")
        self._drawing = Diagram(id="drawing")
        self._listing = Reading(id="listing")
        self._instead = Reading(id="instead")
        self._costs = Static(id="costs", classes="panel", markup=False)
        self._costs.border_title = "What a call costs, in µs"
        self._said = Static(id="what", classes="waiting", markup=False)

    def compose(self) -> ComposeResult:
        with Horizontal(id="workbench"):
            with Vertical(id="left"):
                yield self._source
                yield self._ways
                yield self._drawing
                yield self._listing
                yield self._instead
            with Vertical(id="right"):
                yield self._costs
                yield self._challenges
        yield self._said

    def show(self, look: Look, way: Way) -> None:
        """Show the program as it is looked at now, and what has been measured of it."""
        visits = {Way.EAGER: look.eager.visits, Way.TRACED: look.traced.visits}.get(way)
        ended = look.traced.ended_at if way is Way.TRACED else None
        self._source.border_title = f"{look.program.name}: {look.program.title}"
        self._source.border_subtitle = MARKS[way]
        self._source.show(look.lines, visits, ended)
        self._ways.border_title = title(look.given)
        self._ways.show(rows(look, way), list(Way).index(way))
        self._draw(look, way)
        self._costs.update(costs(look, self._costs.content_size.width, self._colours()))
        self._said.update(said(look, way))

    def from_the_start(self) -> None:
        """Bring the input of the graph into view."""
        self._drawing.action_look(0, 0)

    def see(self, view: str) -> None:
        """Show this view; on a wide screen the costs are in sight anyway."""
        if view == "costs" and self._wide:
            return
        self._view = view
        for each in VIEWS:
            self.set_class(each == view, f"-{each}")
        self.call_after_refresh(self.take_keys)

    def see_way(self) -> None:
        """Show the graph or its listing: what differs from way to way."""
        self.see("listing" if self._view == "listing" else "graph")

    @property
    def views(self) -> tuple[str, ...]:
        """What there is to switch between."""
        return VIEWS[:2] if self._wide else VIEWS

    def see_next(self) -> None:
        """Show the next view."""
        views = self.views
        place = views.index(self._view) if self._view in views else 0
        self.see(views[(place + 1) % len(views)])

    def take_keys(self) -> None:
        """Give the keys to what is in sight."""
        if self._view == "costs" and not self._wide:
            self._challenges.focus()
        elif self._instead.display:
            self._instead.focus()
        else:
            (self._listing if self._view == "listing" else self._drawing).focus()

    @property
    def _wide(self) -> bool:
        return self.screen.has_class("-wide")

    def _draw(self, look: Look, way: Way) -> None:
        """The graph, its listing, or why there is none."""
        graphs = graphs_of(look, way)
        self._keep_keys(not graphs)
        if not graphs:
            self._instead.border_title = f"No graph · {way}"
            self._instead.show(instead(look, way))
            return
        self._drawing.caption, self._listing.border_title = f"Graph · {way}", f"Listing · {way}"
        self._drawing.show(*drawing(look, way))
        self._listing.show(listing(look, way, graphs))

    def _keep_keys(self, none: bool) -> None:
        """Show the graph, or what stands in its place; the keys go from the one to the other."""
        held = self.screen.focused in (self._drawing, self._listing, self._instead)
        if none is not self.has_class("-none"):
            self.set_class(none, "-none")
            if held:
                self.call_after_refresh(self.take_keys)

    def _colours(self) -> dict[Way, str]:
        look = Colours.dark() if self.app.current_theme.dark else Colours.light()
        inks = {Way.EAGER: look.line, Way.TRACED: look.points, Way.COMPILED: look.minimum}
        return {way: f"rgb({red},{green},{blue})" for way, (red, green, blue) in inks.items()}
