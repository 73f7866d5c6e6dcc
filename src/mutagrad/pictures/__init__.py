"""Pictures of recorded graphs: `draw`."""

from mutagrad.pictures.drawing import Picture, draw
