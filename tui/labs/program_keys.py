"""The keys of the lab of graphs, and what they are for; knows not what they do."""

from __future__ import annotations

from textual.binding import Binding, BindingType

MEASURE = "Compile the program, and time a call each way"
STOP = "End the measurement"
WAY = "Run eagerly, traced, or compiled"
VIEW = "The graph, its listing, or what a call costs"
DEVICE = "Time the calls on the next device"
FORGET = "Forget what was measured"

KEYS: list[BindingType] = [
    Binding("space", "measure", "measure", id="graphs.measure", tooltip=MEASURE),
    Binding("space", "stop", "give up", id="graphs.stop", tooltip=STOP),
    Binding("w", "way", "way", id="graphs.way", tooltip=WAY),
    Binding("i", "input", "input", id="graphs.input", tooltip="Take the next input"),
    Binding("p", "preset", "program", id="graphs.preset", tooltip="Take the next program"),
    Binding("v", "view", "view", id="graphs.view", tooltip=VIEW),
    Binding("r", "reset", "forget", id="graphs.reset", tooltip=FORGET),
    Binding("d", "device", "device", id="graphs.device", tooltip=DEVICE),
    Binding("escape", "give_up", "give up", id="graphs.give-up", tooltip=STOP),
]
