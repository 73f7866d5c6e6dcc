"""Entering what happens: calls, writes, saves, views, buffers and reverse passes, as they come.

A recorder is a mode like the profiler: it counts in `modes.extras`, so while none is on it costs nothing. Where it is
all that is on, the fast calls of `recording.py` and `overwriting.py` go their way and at its end have the call entered:
all there is to know hangs on the result, its memory, its node, the values saved with that. Calls that have no such end
are run from here, with `extras` at zero. Beside other modes calls take the general way, where it is told of them.

It holds on to nothing: buffers and saved values are known by weak references, nodes not at all. It sees the thread that
started it.

Read first: `records.py`, `hazards.py`. Read next: `book.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from sys import _getframe
from threading import get_ident
from time import perf_counter, perf_counter_ns
from typing import Any
from weakref import ref

import numpy as np
from numpy import ndarray

from mutagrad.autograd import running
from mutagrad.autograd.pulling import Pull, surroundings
from mutagrad.batched import physical_of
from mutagrad.bookkeeping.accounts import (
    DATA,
    GRADIENTS,
    KEPT,
    OPTIMIZER,
    PARAMETERS,
    RESULTS,
    Account,
    Deed,
    Tally,
)
from mutagrad.bookkeeping.adjoints import PLAIN, SMALL, Adjoints
from mutagrad.bookkeeping.findings import Copy
from mutagrad.bookkeeping.hazards import Loss, may_be_written
from mutagrad.bookkeeping.memory import NO_EVENTS, Attention, Buffer, new_write, region_of
from mutagrad.bookkeeping.passages import Passages
from mutagrad.bookkeeping.records import Records
from mutagrad.graph import NOTHING, Family, Leaf, Node, next_sequence
from mutagrad.modes import count_extra, extras, modes
from mutagrad.operation import Operation
from mutagrad.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from mutagrad.report.spans import _outside as outside
from mutagrad.report.spans import caller_position
from mutagrad.storage import Saved, Storage
from mutagrad.tensor import Tensor

LATER = 63  # what has come and gone is added up when the count of calls at a place has none of these bits


class Recorder(Records):
    """Who enters what happens in a book's records."""

    def __init__(self, passes: int = 0) -> None:
        super().__init__()
        self.adjoints = Adjoints(self.alive)
        self.passages = Passages(passes, self.watchlist)
        # The call under way: whose line, of what, and what it writes.
        self.account: Account | None = None
        self.name = ""
        self.target: Tensor | None = None
        self.stepping: Account | None = None

    # Opening and closing ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to enter what happens in this thread."""
        self.began, self.thread = perf_counter(), get_ident()
        modes.around_calls = (*modes.around_calls, self._around_call)
        modes.observers = (*modes.observers, self)
        surroundings.append(self._around_nodes)
        before, after = register_optimizer_step_pre_hook, register_optimizer_step_post_hook
        self.handles = before(self._begin_step), after(self._end_step)
        self._find_cause()
        count_extra(1, self)

    def stop(self) -> None:
        """Enters no more, and settles what was still undecided."""
        count_extra(-1, self)
        for handle in self.handles:
            handle.remove()
        surroundings.remove(self._around_nodes)
        modes.observers = tuple(each for each in modes.observers if each is not self)
        modes.around_calls = tuple(around for around in modes.around_calls if around != self._around_call)
        self.adjoints.end()
        self.alive.close()
        for attention in list(self.alive.attentive.values()):
            for copy in attention.copies:
                if copy.copy is attention.buffer and copy.source() is None:
                    self.decide(copy)
        self.seconds += perf_counter() - self.began

    def _find_cause(self) -> None:
        """Works out what is computed from now on is for."""
        if running.graph_task_id() >= 0:
            self.cause = GRADIENTS
        else:
            self.cause = RESULTS if self.stepping is None else OPTIMIZER
        self.tallies = self.by_cause[self.cause]

    # Calls ------------------------------------------------------------------------------------------------------------

    def run(self, operation: Operation, fast: Callable[..., Tensor], inputs: Sequence[Tensor]) -> Tensor:
        """Runs a fast call, `fast(*inputs)`, that knows of no book, and enters it."""
        start = perf_counter_ns()
        extras[0] -= 1
        try:
            made = fast(*inputs)
        finally:
            extras[0] += 1
        family = made._family
        node: Any = None if family.edge is None else family.edge[2]
        self._read_all(inputs[1:])
        self.enter(operation, family.storage, node, start, inputs[0]._family)
        return made

    def enter(
        self,
        operation: Operation,
        storage: Storage,
        node: Node | None,
        start: int,
        first: Family,
        second: Family | None = None,
        target: Tensor | None = None,
    ) -> None:
        """Enters a call that began at `start`: where its result is, what it recorded, whose memory it read.

        In place, `target` is what it wrote. One straight line, as fast calls are themselves.
        """
        elapsed = perf_counter_ns() - start
        if get_ident() != self.thread:
            return
        code: Any
        if node is None:
            code, instruction = caller_position(3)
            sequence = 0
        else:
            code, instruction, sequence = node.code, node.instruction, node.sequence
        try:
            tally = self.tallies[id(code), instruction, operation, target is None]
        except KeyError:
            tally = self.tally(code, instruction, operation, "" if target is None else "_")
        tally.elapsed += elapsed
        tally.count = count = tally.count + 1
        if not count & LATER:
            self.alive.settle()
        buffers = self.buffers
        if second is not None and id(second.storage) not in buffers:
            self._read(second)

        if target is None:
            if id(first.storage) not in buffers:
                self._read(first)
            number = id(storage)
            died = self.died
            buffers[number] = buffer = Buffer(storage, died)
            buffer.number = number
            buffer.nbytes = storage.array.nbytes
            buffer.holding = tally.results
            buffer.version = buffer.mark = buffer.clock = 0
            buffer.is_counted = False
            buffer.events = NO_EVENTS
            buffer.recorded_at = sequence
            died(buffer)  # The journal takes down both.
        else:
            self.target = None
            self._note_write(target, tally, node)
        if node is None:
            return
        slot = 0
        for cell in node.saved:
            storage = cell.storage
            if storage is not None:
                buffer = buffers.get(id(storage))
                if buffer is None or buffer.version != storage.version:
                    buffer = self._brought_up(storage, sequence)
                deed = tally.saving[slot]
                nbytes = buffer.nbytes if cell.view is None else cell.memory.nbytes
                deed.count += 1
                deed.nbytes += nbytes
                events = buffer.events
                if deed in events:
                    event = events[deed]
                    event[1] += 1
                    event[2] += nbytes
                else:
                    after = buffer.holding.activations
                    if after is not None:
                        if buffer.is_counted:
                            self.alive.move(buffer, after)
                        else:
                            buffer.holding = after
                    if events:
                        events[deed] = [sequence, 1, nbytes]
                    else:
                        buffer.events = {deed: [sequence, 1, nbytes]}
            elif target is not None and cell is not NOTHING and tally.saving[slot].position == 0:
                self._note_own_copy(self.add_buffer(cell, tally.copies), tally.saving[slot], sequence)
            slot += 1  # noqa: SIM113  enumerate takes twice as long

    def _around_call(
        self, operation: Operation, inputs: Any, values: dict[str, Any], call: Callable[[], Any], suffix: str
    ) -> Any:
        account = self.account or self._here()
        tally = self.tally(account.code, account.instruction, operation, suffix)
        given = inputs[0] if operation.sequence else inputs
        if suffix:
            target = inputs[0]
            before = target._family.edge
            self.buffer(target._family.storage)
            made = self._run(call, tally, target)
            self._read_all(given[1:])
            node = None if target._family.edge is before else self._node_since(target._family, -1)
            self._note_write(target, tally, node)
            if node is not None:
                self._note_saves(node, tally, target)
            return made
        self._read_all(given)
        sequence = next_sequence()
        made = self._run(call, tally, None)
        node = None
        results = made if isinstance(made, tuple) else (made,)
        for tensor in results:
            if isinstance(tensor, Tensor):
                node = self._node_since(tensor._family, sequence) or node
                self._note_result(tensor._family, tally)
        if node is not None and node.saved:
            self._note_saves(node, tally)
        return made

    def _run(self, call: Callable[[], Any], tally: Tally, target: Tensor | None) -> Any:
        """What a call gives; meanwhile it is the one under way. Inside another it is a part of that one."""
        outer = self.account, self.name, None if self.account is None else self.target
        alone = extras[0] == 1 and outer[0] is None
        self.account, self.name, self.target, self.clock = tally.account, tally.name, target, next_sequence()
        if alone:
            extras[0] -= 1
        start = perf_counter_ns()
        try:
            return call()
        finally:
            elapsed = perf_counter_ns() - start
            if alone:
                extras[0] += 1
            self.account, self.name, self.target = outer
            if outer[0] is None:
                tally.count += 1
                tally.elapsed += elapsed

    @staticmethod
    def _node_since(family: Family, sequence: int) -> Node | None:
        """The node that wrote a family last, if that is a recorded operation and later than `sequence`."""
        edge = family.edge
        return edge[2] if edge is not None and type(edge[2]) is Node and edge[2].sequence > sequence else None

    def _note_result(self, family: Family, tally: Tally) -> None:
        buffer = self.alive.find(family.storage)
        if buffer is None:
            buffer = self.add_buffer(family.storage, tally.results)
        if family.edge is not None:
            buffer.recorded_at = family.edge[0]

    def _clone_gone(self, copy: Copy, _: Any) -> None:
        if self in modes.observers:
            self.decide(copy)
            for buffer in (copy.source, copy.copy):
                attention = self.alive.attention(buffer)
                if attention is not None:
                    attention.copies.remove(copy)
                    if not attention.copies and not attention.fresh:
                        self.alive.ignore(attention)

    def _note_saves(self, node: Node, tally: Tally, target: Tensor | None = None) -> None:
        """Enters what a node has just saved; `target` is what it writes in place."""
        sequence = node.sequence
        for cell, deed in zip(node.saved, tally.saving):
            storage = cell.storage
            if storage is None:
                if target is not None and deed.position == 0 and cell is not NOTHING:
                    self._note_own_copy(self.add_buffer(cell, tally.copies), deed, sequence)
                continue
            buffer = self._brought_up(storage, sequence)
            nbytes = buffer.nbytes if cell.view is None else physical_of(cell.memory).nbytes
            if target is not None and deed.position is not None and buffer.clock == self.clock:
                self.alive.move(buffer, tally.copies)
                self._note_own_copy(buffer, deed, sequence)
            else:
                after = buffer.holding.activations
                if after is not None:
                    self.alive.move(buffer, after)
                buffer.note(deed, sequence, nbytes)

    def _brought_up(self, storage: Storage, sequence: int) -> Buffer:
        """The buffer of a storage, with the version saved at `sequence`: written, if unseen, before that."""
        buffer = self.buffer(storage)
        if buffer.version != storage.version:
            buffer.mark, buffer.version = sequence - 1, storage.version
        return buffer

    def _note_own_copy(self, kept: Buffer, deed: Deed, clock: int) -> None:
        """Enters a copy of what an operation in place overwrites and its rule needs."""
        account, nbytes = deed.account, kept.nbytes
        account.copies += 1
        account.kept += nbytes
        kept.note(deed, clock, nbytes)

    # Writes -----------------------------------------------------------------------------------------------------------

    def _note_write(self, target: Tensor, tally: Tally, node: Node | None) -> None:
        """Enters that a call in place wrote its target."""
        family, array = target._family, target._array
        storage = family.storage
        buffer = self.buffers.get(id(storage))
        if buffer is None:
            buffer = self.alive.find(storage)
            if buffer is None:  # It was there before this write.
                buffer = self.buffer(storage)
                buffer.version -= family.version is None
            self._note_attentive_write(target, buffer, tally)
        nbytes = array.nbytes if type(array) is ndarray else physical_of(array).nbytes
        self._count_write(target, buffer, tally.writing, nbytes, node)
        if node is not None:
            buffer.recorded_at = node.sequence
        elif family.traits is not None or family.edge is None:
            self._look_for_trap(buffer, family, tally.account, tally.name)

    def _count_write(self, target: Tensor, buffer: Buffer, deed: Deed, nbytes: int, node: Node | None) -> None:
        """Enters a write, and its moment, if PyTorch counts it, as a sequence number: nodes before saved another version."""
        deed.count += 1
        deed.nbytes += nbytes
        clock = next_sequence() if node is None else node.sequence
        event: Any = buffer.events.get(deed)
        if event is None:
            event = new_write(target, clock, nbytes)
            buffer.begin(deed, event)
        else:
            event[1] += 1
            event[2] += nbytes
        version = target._family.storage.version
        if version != buffer.version:
            buffer.version = version
            event.mark = buffer.mark = clock

    def _note_attentive_write(self, target: Tensor, buffer: Buffer, tally: Tally) -> None:
        if not tally.replaces:
            self._read(target._family)
        attention = self.alive.attention(buffer)
        if attention is None:
            return
        # Where one call of the user's fills and writes, as the making of a layer does, there is nothing to change.
        if attention.fresh and target._view is None and target._array.size > 1 and buffer.account is not tally.account:
            self.add_needless(
                buffer, "fill", "all of it was written over before it was read; torch.empty does not fill"
            )
        for copy in attention.copies:
            copy.note_write(buffer, copy.source.cause == PARAMETERS)
        self._used(attention)

    def _look_for_trap(self, buffer: Buffer, family: Family, account: Account, name: str) -> None:
        if not buffer.recorded_at:
            return
        if family.version is not None:
            self.add_trap(
                ".data",
                f"{name} writes through .data: no history sees it, and PyTorch does not count it either",
                account.span,
                "write under no_grad() instead",
            )
        elif family.edge is None:
            self.add_trap(
                "detached write",
                f"{name} writes through detach(): the recorded tensor over the same memory changes, its gradient does not",
                account.span,
                "write to detach().clone(), or under no_grad() to the tensor itself",
            )

    # Reads ------------------------------------------------------------------------------------------------------------

    def _meet(self, family: Family) -> Buffer:
        """The buffer of a family that may have come unseen, or may have become a leaf."""
        buffer = self.buffer(family.storage)
        edge = family.edge
        if edge is not None and not buffer.recorded_at:
            buffer.recorded_at = edge[0]
            if type(edge[2]) is Leaf and buffer.cause == DATA:
                self.alive.move(buffer, self.alive.holding(buffer.account, buffer.holding.maker, PARAMETERS))
        return buffer

    def _read_all(self, inputs: Sequence[Any]) -> None:
        buffers = self.buffers
        for x in inputs:
            if isinstance(x, Tensor) and id(x._family.storage) not in buffers:
                self._read(x._family)

    def _read(self, family: Family) -> None:
        attention = self.alive.attention(self._meet(family))
        if attention is not None:
            for copy in attention.copies:
                copy.note_read(attention.buffer)
            self._used(attention)

    def _used(self, attention: Attention) -> None:
        """A buffer is no longer as its creation left it."""
        attention.fresh = False
        if not attention.copies:
            self.alive.ignore(attention)

    # What the core tells ----------------------------------------------------------------------------------------------

    def buffer_made(self, family: Family) -> None:
        """A new buffer is there."""
        account = self.account or self._here()
        cause = DATA if self.account is None and self.cause == RESULTS else self.cause
        self.adjoints.is_delivered = self.adjoints.is_delivered or cause == GRADIENTS
        buffer = self.add_buffer(family.storage, account.holding(self.name, cause))
        if cause == DATA:
            self.alive.attend(buffer).fresh = True

    def clone_made(self, original: Tensor, made: Tensor) -> None:
        """A tensor was copied."""
        source, copy = self.buffer(original._family.storage), self.buffer(made._family.storage)
        account = copy.account
        if account is None:
            return
        watched = Copy(account, source, copy)
        watched.end = ref(made._family.storage, partial(self._clone_gone, watched))
        for buffer in (source, copy):
            self.alive.attend(buffer).copies.append(watched)
        self.clones[account] = self.clones.get(account, 0) + 1

    def leaf_made(self, tensor: Tensor) -> None:
        """A tensor requires grad from now on."""
        self._meet(tensor._family)

    def history_left(self, tensor: Tensor) -> None:
        """A tensor is no longer a part of the history that it had."""
        self.buffer(tensor._family.storage).recorded_at = 0

    def view_taken(self, tensor: Tensor, view: Any) -> None:
        """A view of a tensor was made."""
        account = self.account
        if account is None:
            frame = _getframe(3)
            code, instruction = frame.f_code, frame.f_lasti
            if code.co_filename not in outside:
                code, instruction = caller_position(3)
        else:
            code, instruction = account.code, account.instruction
        try:
            deed = self.viewing[id(code), instruction, view.name]
        except KeyError:
            deed = self.viewing[id(code), instruction, view.name] = self.at(code, instruction).deed("viewed", view.name)
        storage = tensor._family.storage
        buffer = self.buffers.get(id(storage))
        if buffer is None:
            self._read(tensor._family)
            buffer = self.buffer(storage)
        events = buffer.events
        if deed in events:
            deed.count += 1
            events[deed][1] += 1
        else:
            buffer.note(deed, next_sequence())

    def values_overwritten(self, storage: Storage, cells: list[Saved], array: Any, written: Any, writer: str) -> None:
        """Saved values are about to be written over; `written` are the elements of the array where not all are."""
        account = self.account or self.stepping or self._here()
        name = self.name or ("step" if self.stepping is not None else writer)
        through = ".data" if self.target is not None and self.target._family.version is not None else ""
        region = region_of(array, storage.array, written)
        account.overwritten += len(cells)
        buffer = self.buffer(storage)
        for cell in cells:
            is_lost = bool(np.shares_memory(cell.memory, array)) and (written is None or written.meets(cell.memory))
            self.watchlist.lose(cell, Loss(account, name, region, through, is_lost, buffer, cell.memory.nbytes))
            if is_lost:
                buffer.note(account.deed("overwritten", f"{name}|{region.text if region else ''}"), next_sequence())

    def value_kept(self, cell: Saved, array: Any, storage: Storage) -> None:
        """A saved value gets a copy of its own, in `storage`."""
        account = self.account or self.stepping or self._here()
        original = self.buffer(cell.storage)
        if self.alive.find(storage) is None:
            kept = self.add_buffer(storage, account.holding("a copy kept", KEPT))
            account.copies += 1
            account.kept += kept.nbytes
            original.note(account.deed("kept"), next_sequence(), kept.nbytes)
        self.watchlist.keep(cell, array, original)

    def memory_lent(self, storage: Storage) -> None:
        """A NumPy array over the buffer was handed out: who reads or writes it cannot be seen."""
        buffer = self.buffer(storage)
        attention = self.alive.attention(buffer)
        if attention is not None:
            attention.fresh = False
        buffer.note(self._here().deed("lent"), next_sequence())

    def _begin_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self.stepping = self._here()
        self._find_cause()

    def _end_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        account, self.stepping = self.stepping, None
        self._find_cause()
        if account is None:
            return
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    buffer = self.buffer(parameter._family.storage)
                    self._count_write(parameter, buffer, account.deed("written", "step"), buffer.nbytes, None)

    # Reverse passes ---------------------------------------------------------------------------------------------------

    def pass_begins(self) -> None:
        """A reverse pass begins in this thread."""
        self._find_cause()
        self.adjoints.begin(self._here())

    def pass_ends(self) -> None:
        """The innermost reverse pass of this thread is over."""
        self._find_cause()
        self.adjoints.end()

    def _around_nodes(self, pull: Pull) -> Pull:
        if get_ident() != self.thread:
            return pull
        accounts, watchlist, passages, adjoints = self.accounts, self.watchlist, self.passages, self.adjoints

        def entered(node: Node, ct: Any) -> Any:
            code, instruction = node.code, node.instruction
            account = None if code is None else accounts.get((id(code), instruction)) or self.at(code, instruction)
            saved = node.saved
            if saved and (watchlist.moved or (type(node) is Node and may_be_written(saved))):
                watchlist.look(node, saved, account, self.alive)
            if passages.wanted:
                passages.look(node, ct)
            start = perf_counter_ns()
            shares = pull(node, ct)
            if account is not None:
                account.backward += perf_counter_ns() - start
            if not isinstance(ct, PLAIN) or ct.nbytes >= SMALL or adjoints.has_large(node, shares):
                adjoints.follow(node, ct, shares)
            return shares

        return entered

    def _here(self) -> Account:
        """The account of the user's line that led here."""
        return self.at(*caller_position(2))
