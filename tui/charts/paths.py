"""The loss over (w, b) as a map, and the path of each of several trainings; knows no widget."""

from __future__ import annotations

from engine.pictures import WalksPicture
from tui.charts.canvas import Canvas
from tui.charts.shows import shows
from tui.charts.style import ChartStyle
from tui.charts.surface import stand, terrain_of, walk
from tui.charts.walkers import entries


@shows(WalksPicture)
def draw(picture: WalksPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The map, and each path from the start to where that training is now."""
    walkers = entries(picture, look)
    x, y = picture.x.tobytes(), picture.y.tobytes()
    terrain = terrain_of(x, y, picture.start, walkers, width, height, look)
    plot = terrain.axes.again()
    for one, (_, _, colour) in zip(picture.walks, walkers, strict=True):
        walk(plot, one.path, terrain, colour)
    plot.canvas.lay(terrain.signs.canvas)
    gone = [
        one.name
        for one, sign in zip(picture.walks, walkers, strict=True)
        if not stand(plot, terrain, one.w, one.b, sign)
    ]
    if gone:
        plot.note(1, plot.rows - 1, f"off the map: {', '.join(gone)}", look.path)
    plot.inner.lay_under(terrain.relief)
    return plot.canvas
