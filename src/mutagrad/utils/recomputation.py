"""Values that are not kept for the reverse pass but computed again when it needs them.

A checkpointed call leaves a `Frame`. Each value that would have been saved during the call is a `Place`, numbered in the
order of saving, that holds nothing. The first of them that a pass asks for makes the frame run the function again, and
what is saved then fills the places of that pass, in the same order; each is given out once and forgotten. Values are
filled in as saved cells, so that what is overwritten while the function runs again is right, too.

Read next: `checkpoint.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from weakref import ref

from mutagrad.autograd.graph import saved_tensors_hooks
from mutagrad.autograd.running import graph_task_id
from mutagrad.autograd.saved import leaf_tensor, saved_tensor
from mutagrad.graph import Leaf, next_sequence
from mutagrad.modes import enable_grad, modes
from mutagrad.packing import packed
from mutagrad.random.generator import fork_rng, set_rng_state
from mutagrad.report.spans import Span, caller_span
from mutagrad.storage import Saved
from mutagrad.tensor import Tensor, edge_of

TIP = (
    "\nTip: To see a more detailed error message, either pass `debug=True` to\n"
    "`torch.utils.checkpoint.checkpoint(...)` or wrap the code block\n"
    "with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to\n"
    "enable checkpoint-debug mode globally.\n"
)


class CheckpointError(RuntimeError):
    """Raised where a function, run again, does not save what it saved the first time."""


class GraphExecGroup:
    """Within, passes that go through the same checkpoint run its function again once, for all of them.

    Raises RuntimeError when such blocks are nested.
    """

    def __enter__(self) -> GraphExecGroup:
        if _current.group is not None:
            raise RuntimeError(f"GraphExecGroup contexts cannot be nested. Already inside group {_current.group}")
        _current.group = self
        return self

    def __exit__(self, *exception: object) -> None:
        _current.group = None


class _Current:
    group: GraphExecGroup | None = None


_current = _Current()


class Argument:
    """A tensor that a checkpointed function was given, kept as it was, to be given again."""

    def __init__(self, tensor: Tensor) -> None:
        self.edge = edge_of(tensor)
        self.moment = next_sequence()
        self.cell: Saved = tensor._family.storage.save(tensor._array, tensor._view)
        if modes.saved_hooks:  # A checkpoint around this one takes it away.
            self.cell = packed(self.cell, tensor, *modes.saved_hooks[-1])

    def tensor(self) -> Tensor:
        """The tensor, with its history."""
        value, edge = self.cell.array, self.edge
        if edge is not None and isinstance(edge[2], Leaf) and edge[1] is None:
            leaf = leaf_tensor(edge[2])
            if leaf._array is value:
                return leaf
        again = saved_tensor(self.cell, edge, self.moment, value)
        if self.cell.storage is not None:
            # Should the function write it, the value is still kept.
            self.cell = self.cell.storage.save(value, self.cell.view)
        return again


class Place:
    """Where a value would have been saved: what each pass that has computed it again finds there, once."""

    __slots__ = ("filled", "__weakref__")

    def __init__(self) -> None:
        self.filled: dict[Any, Saved] = {}


class _Stop(Exception):
    """Ends a function that is run again when it has saved all that is needed."""


class Frame:
    """One checkpointed call: how to run its function again, and the places of what it saved."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: tuple,
        keywords: dict[str, Any],
        state: Any,
        context: AbstractContextManager,
        early_stop: bool,
        metadata: Callable[[Tensor], Any],
        debug: bool,
    ) -> None:
        self.function = function
        self.arguments = [Argument(x) if isinstance(x, Tensor) else x for x in arguments]
        self.keywords = keywords
        self.state = state
        self.context = context
        self.early_stop = early_stop
        self.metadata = metadata
        self.debug = debug
        self.places: list[ref[Place]] = []
        self.expected: list[Any] = []
        self.spans: list[Span] = []
        self.completed = False
        self.run_for: set[Any] = set()

    # The first time ---------------------------------------------------------------------------------------------------

    def hooks(self) -> saved_tensors_hooks:
        """The hooks under which the function runs first: they keep nothing."""
        return saved_tensors_hooks(self._pack, self._unpack)

    def _pack(self, tensor: Tensor) -> Place:
        place = Place()
        self.places.append(ref(place))
        self.expected.append(self.metadata(tensor))
        if self.debug:
            self.spans.append(caller_span())
        return place

    def _unpack(self, place: Place) -> Tensor:
        number = _current.group or graph_task_id()
        if number == -1:
            number = object()  # Asked for outside of any pass: for this one time.
        if number not in self.run_for:
            self._run_again(number)
            self.run_for.add(number)
        if number not in place.filled:
            raise CheckpointError(
                "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. If you "
                "are calling ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue "
                "with details on your use case."
            )
        cell = place.filled[number] if _current.group else place.filled.pop(number)
        return saved_tensor(cell, None, 0, cell.array)

    # Again ------------------------------------------------------------------------------------------------------------

    def _run_again(self, number: Any) -> None:
        """Fills the places for the pass of this number."""
        again = _Recomputation(self, number)
        arguments = [x.tensor() if isinstance(x, Argument) else x for x in self.arguments]
        try:
            with again.hooks(), enable_grad(), fork_rng(enabled=self.state is not None), self.context:
                if self.state is not None:
                    set_rng_state(self.state)
                self.function(*arguments, **self.keywords)
        except _Stop:
            pass
        try:
            again.check()
        except CheckpointError as error:
            if not self.debug:
                raise
            raise CheckpointError(self._log(again.spans)) from error

    def _log(self, spans: list[Span]) -> str:
        """What was saved where, both times."""
        text = (
            " An error happened while unpacking tensors; dumping logs of latest computation\n"
            "because you passed `debug=True` to `torch.utils.checkpoint.checkpoint()`.\n"
        )
        for title, places in (("the original forward", self.spans), ("recomputation", spans)):
            text += f"\nTensors saved during {title}:\n\n"
            text += "\n".join(line for span in places for line in span.render()) + "\n"
        return text


class _Recomputation:
    """One more run of a frame's function."""

    def __init__(self, frame: Frame, number: Any) -> None:
        self.frame = frame
        self.number = number
        self.count = 0
        self.different: list[tuple[int, Any, Any]] = []
        self.unmatched = False
        self.spans: list[Span] = []

    def hooks(self) -> saved_tensors_hooks:
        """The hooks under which the function runs again: they fill the places, and the new graph keeps its own."""
        return saved_tensors_hooks(self._pack, _itself)

    def _pack(self, tensor: Tensor) -> Tensor:
        frame, index = self.frame, self.count
        self.count += 1
        if frame.debug:
            self.spans.append(caller_span())
        if index >= len(frame.places):
            if frame.completed:
                raise CheckpointError(
                    "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original "
                    f"forward pass.\n{TIP}"
                )
            self.unmatched = True  # A pass within the function: what follows it was not saved yet.
            return tensor
        place = frame.places[index]()
        if place is not None:
            place.filled[self.number] = tensor._family.storage.save(tensor._array, tensor._view)
            found = frame.metadata(tensor)
            if found != frame.expected[index]:
                self.different.append((index, frame.expected[index], found))
        if frame.early_stop and self.count == len(frame.places):
            raise _Stop
        return tensor

    def check(self) -> None:
        """Raises CheckpointError where something else was saved than the first time."""
        if self.unmatched:
            return
        if self.count != len(self.frame.places):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.frame.places)}\n"
                f"Number of tensors saved during recomputation: {self.count}.\n{TIP}"
            )
        if self.different:
            listed = "".join(
                f"tensor at position {index}:\nsaved metadata: {expected}\nrecomputed metadata: {found}\n"
                for index, expected, found in self.different
            )
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than "
                f"during the forward pass.\n{listed}.\n{TIP}"
            )


def _itself(tensor: Tensor) -> Tensor:
    return tensor
