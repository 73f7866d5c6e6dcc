"""Entering what happens: calls, writes, saves, views, buffers and reverse passes, as they come.

A recorder is a mode like the profiler: it counts in `modes.extras`, so while none is on it costs nothing. Where it is
all that is on, calls come to it straight from `recording.py` and `overwriting.py`: it runs the fast call itself, with
`extras` at zero, and then looks at what came out, since all there is to know hangs on the result: its memory, its node,
the values saved with that. Beside other modes calls take the general way, where it is told of them.

It holds on to nothing: buffers and saved values are known by weak references, nodes not at all. It sees the thread that
started it.

Read first: `records.py`, `hazards.py`. Read next: `book.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter, perf_counter_ns
from typing import Any
from weakref import ref

import numpy as np
from numpy import ndarray

from mutagrad.autograd import running
from mutagrad.autograd.pulling import Pull, surroundings
from mutagrad.batched import physical_of
from mutagrad.bookkeeping.accounts import (
    ACTIVATIONS,
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
from mutagrad.bookkeeping.adjoints import SMALL, Adjoints
from mutagrad.bookkeeping.findings import Copy
from mutagrad.bookkeeping.hazards import Loss
from mutagrad.bookkeeping.memory import NO_EVENTS, Buffer, new_write, region_of
from mutagrad.bookkeeping.passages import Passages
from mutagrad.bookkeeping.records import Records, replaces
from mutagrad.graph import NOTHING, Family, Leaf, Node, next_sequence
from mutagrad.modes import count_extra, extras, modes
from mutagrad.operation import Operation
from mutagrad.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from mutagrad.report.spans import caller_position
from mutagrad.storage import Saved, Storage
from mutagrad.tensor import Tensor

LATER = 255  # what has come and gone is added up where the clock has none of these bits


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
        self.cause = RESULTS  # what is computed now is for

    # Opening and closing ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to enter what happens in this thread."""
        self.began = perf_counter()
        modes.around_calls = (*modes.around_calls, self._around_call)
        modes.observers = (*modes.observers, self)
        surroundings.append(self._around_node)
        before, after = register_optimizer_step_pre_hook, register_optimizer_step_post_hook
        self.handles = before(self._begin_step), after(self._end_step)
        self._find_cause()
        count_extra(1)

    def stop(self) -> None:
        """Enters no more, and settles what was still undecided."""
        count_extra(-1)
        for handle in self.handles:
            handle.remove()
        surroundings.remove(self._around_node)
        modes.observers = tuple(each for each in modes.observers if each is not self)
        modes.around_calls = tuple(around for around in modes.around_calls if around != self._around_call)
        self.adjoints.end()
        self.alive.close()
        for buffer in list(self.buffers.values()):
            for copy in buffer.copies:
                if copy.copy is buffer and copy.source() is None:
                    self.decide(copy)
        self.seconds += perf_counter() - self.began

    def _find_cause(self) -> None:
        """Works out what is computed from now on is for."""
        if running.graph_task_id() >= 0:
            self.cause = GRADIENTS
        else:
            self.cause = RESULTS if self.stepping is None else OPTIMIZER

    # Calls ------------------------------------------------------------------------------------------------------------

    def enter(self, operation: Operation, fast: Callable[..., Any], inputs: tuple) -> Any:
        """Runs a fast call, `fast(*inputs)`, and enters it: one straight line, as the fast calls are themselves."""
        extras[0] -= 1
        start = perf_counter_ns()
        try:
            made = fast(*inputs)
        finally:
            elapsed = perf_counter_ns() - start
            extras[0] += 1
        try:
            family = made._family
        except AttributeError:
            return made  # NotImplemented: the other operand is asked
        edge = family.edge
        if edge is None:
            node = None
            code, instruction = caller_position(3)
        else:
            node = edge[2]
            code, instruction = node.code, node.instruction
        tally = self.tallies.get((id(code), instruction, operation, "")) or self.tally(code, instruction, operation, "")
        tally.count += 1
        tally.elapsed += elapsed
        self.clock = clock = self.clock + 1
        if not clock & LATER:
            self.alive.settle()

        buffers, attentive = self.buffers, self.attentive
        for x in inputs:
            if isinstance(x, Tensor):
                number = id(x._family.storage)
                if number not in buffers or number in attentive:
                    self._read(x)
        storage = family.storage
        number = id(storage)
        buffer = buffers[number] = Buffer(storage, self.died)
        buffer.number, buffer.nbytes, buffer.clock = number, storage.array.nbytes, clock
        buffer.holding = tally.results if self.cause == RESULTS else tally.account.holding(tally.name, self.cause)
        buffer.version = buffer.mark = buffer.family = 0
        buffer.is_counted = buffer.fresh = buffer.lent = False
        buffer.events, buffer.copies = NO_EVENTS, ()
        self.died(buffer)  # The journal takes down both.
        if node is not None:
            buffer.family = id(family)
            if node.saved:
                self._note_saves(node, tally)
        if tally.name == "clone":
            self._note_clone(inputs[0], made, tally.account)
        return made

    def enter_write(self, operation: Operation, fast: Callable[..., Any], inputs: tuple) -> Any:
        """Runs a fast call in place, `fast(*inputs)`, and enters it."""
        self.target = target = inputs[0]
        family = target._family
        edge, storage = family.edge, family.storage
        buffer = self.buffers.get(id(storage)) or self.buffer(storage)
        extras[0] -= 1
        start = perf_counter_ns()
        try:
            fast(*inputs)
        finally:
            elapsed = perf_counter_ns() - start
            extras[0] += 1
            self.target = None
        node: Any = None if family.edge is edge else self._node_since(family, -1)
        code, instruction = caller_position(3) if node is None else (node.code, node.instruction)
        tally = self.tallies.get((id(code), instruction, operation, "_")) or self.tally(
            code, instruction, operation, "_"
        )
        tally.count += 1
        tally.elapsed += elapsed
        self._note_write(operation, inputs, buffer, tally, node)
        return target

    def _around_call(
        self, operation: Operation, inputs: Any, values: dict[str, Any], call: Callable[[], Any], suffix: str
    ) -> Any:
        account = self.account or self._here()
        tally = self.tally(account.code, account.instruction, operation, suffix)
        given = inputs[0] if operation.sequence else inputs
        if suffix:
            target = inputs[0]
            before, buffer = target._family.edge, self.buffer(target._family.storage)
            made = self._run(call, tally, target)
            node = None if target._family.edge is before else self._node_since(target._family, -1)
            self._note_write(operation, given, buffer, tally, node)
            return made
        self.clock += 1
        for x in given:
            if isinstance(x, Tensor):
                self._read(x)
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
        if tally.name == "clone":
            self._note_clone(inputs[0], results[0], account)
        return made

    def _run(self, call: Callable[[], Any], tally: Tally, target: Tensor | None) -> Any:
        """What a call gives; meanwhile it is the one under way. Inside another it is a part of that one."""
        outer = self.account, self.name, self.target
        alone = extras[0] == 1 and outer[0] is None
        self.account, self.name, self.target = tally.account, tally.name, target
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
            holding = self.alive.holding(tally.account, tally.name, self.cause)
            buffer = self.add_buffer(family.storage, holding)
        if family.edge is not None:
            buffer.family = id(family)

    def _note_clone(self, original: Tensor, made: Tensor, account: Account) -> None:
        source, copy = self.buffer(original._family.storage), self.buffer(made._family.storage)
        watched = Copy(account, source, copy)
        watched.end = ref(made._family.storage, partial(self._clone_gone, watched))
        source.copies = [*source.copies, watched]
        copy.copies = [*copy.copies, watched]
        self.attentive.update((source.number, copy.number))
        self.clones[account] = self.clones.get(account, 0) + 1

    def _clone_gone(self, copy: Copy, _: Any) -> None:
        if self in modes.observers:
            self.decide(copy)
            copy.source.copies = [each for each in copy.source.copies if each is not copy]
            copy.copy.copies = ()

    def _note_saves(self, node: Node, tally: Tally, target: Tensor | None = None) -> None:
        """Enters what a node has just saved; `target` is what it writes in place."""
        buffers, account = self.buffers, tally.account
        for cell, deed in zip(node.saved, tally.saving):
            storage = cell.storage
            if storage is None:
                if target is not None and deed.position == 0 and cell is not NOTHING:
                    self._note_own_copy(cell, account, deed)
                continue
            buffer = buffers.get(id(storage))
            if buffer is None or type(cell) is not Saved or buffer.version != storage.version:
                buffer = self._brought_up(storage, node)
            if target is not None and deed.position is not None and buffer.clock == self.clock:
                self._note_own_copy(storage, account, deed)
                continue
            array = cell.array if type(cell) is Saved else cell.memory
            nbytes = array.nbytes if type(array) is ndarray else physical_of(array).nbytes
            if buffer.holding.cause == RESULTS:
                self.alive.move(buffer, ACTIVATIONS)
            account.saves += 1
            account.saved += nbytes
            buffer.note(deed, self.clock, nbytes)

    def _brought_up(self, storage: Storage, node: Node) -> Buffer:
        """The buffer of a storage, with the version that a node saved: where no call was seen that made it, before that."""
        buffer = self.buffer(storage)
        if buffer.version != storage.version:
            buffer.mark, buffer.version = node.sequence - 1, storage.version
        return buffer

    def _note_own_copy(self, holder: Storage | Saved, account: Account, deed: Deed) -> None:
        """Enters a copy of what an operation in place overwrites and its rule needs; `holder` lives as long as it does."""
        kept = self.alive.find(holder) or self.add_buffer(holder, self.alive.holding(account, "a copy kept", KEPT))
        self.alive.move(kept, KEPT)
        account.copies += 1
        account.kept += kept.nbytes
        account.saves += 1
        account.saved += kept.nbytes
        kept.note(deed, self.clock, kept.nbytes)

    # Writes -----------------------------------------------------------------------------------------------------------

    def _note_write(
        self, operation: Operation, given: Sequence[Any], buffer: Buffer, tally: Tally, node: Node | None
    ) -> None:
        """Enters a call in place, which wrote the first of what it was given."""
        self.clock = clock = self.clock + 1
        if not clock & LATER:
            self.alive.settle()
        whole = replaces(operation)
        buffers, attentive, account = self.buffers, self.attentive, tally.account
        for x in given[1:] if whole else given:
            if isinstance(x, Tensor):
                number = id(x._family.storage)
                if number not in buffers or number in attentive:
                    self._read(x)
        target = given[0]
        array, family = target._array, target._family
        nbytes = array.nbytes if type(array) is ndarray else physical_of(array).nbytes
        if attentive and buffer.number in attentive:
            self._note_attentive_write(target, buffer, account, whole)
        self._count_write(target, buffer, tally.writing, nbytes, node)
        if node is not None:
            buffer.family = id(family)
            if node.saved:
                self._note_saves(node, tally, target)
        elif family.traits is not None or family.edge is None:
            self._look_for_trap(buffer, family, account, tally.name)

    def _count_write(self, target: Tensor, buffer: Buffer, deed: Deed, nbytes: int, node: Node | None) -> None:
        """Enters a write, and its moment, if PyTorch counts it, as a sequence number: nodes before saved another version."""
        deed.account.writes += 1
        deed.account.written += nbytes
        event: Any = buffer.events.get(deed)
        if event is None:
            event = new_write(target, self.clock, nbytes)
            buffer.events = {**buffer.events, deed: event}
        else:
            event[1] += 1
            event[2] += nbytes
        version = target._family.storage.version
        if version != buffer.version:
            buffer.version = version
            event.mark = buffer.mark = next_sequence() if node is None else node.sequence

    def _note_attentive_write(self, target: Tensor, buffer: Buffer, account: Account, whole: bool) -> None:
        # Where one call of the user's fills and writes, as the making of a layer does, there is nothing to change.
        if buffer.fresh and whole and target._view is None and target._array.size > 1 and buffer.account is not account:
            self.add_needless(
                buffer, "fill", "all of it was written over before it was read; torch.empty does not fill"
            )
        for copy in buffer.copies:
            copy.note_write(buffer, copy.source.cause == PARAMETERS)
        self._used(buffer)

    def _look_for_trap(self, buffer: Buffer, family: Family, account: Account, name: str) -> None:
        if not buffer.family:
            return
        if family.version is not None:
            self.add_trap(
                ".data",
                f"{name} writes through .data: no history sees it, and PyTorch does not count it either",
                account.span,
                "write under no_grad() instead",
            )
        elif family.edge is None and id(family) != buffer.family:
            self.add_trap(
                "detached write",
                f"{name} writes through detach(): the recorded tensor over the same memory changes, its gradient does not",
                account.span,
                "write to detach().clone(), or under no_grad() to the tensor itself",
            )

    # Reads ------------------------------------------------------------------------------------------------------------

    def _meet(self, tensor: Tensor) -> Buffer:
        """The buffer of a tensor that may have come unseen, or may have become a leaf."""
        family = tensor._family
        buffer = self.buffer(family.storage)
        edge = family.edge
        if edge is not None and not buffer.family:
            buffer.family = id(family)
            if type(edge[2]) is Leaf and buffer.cause == DATA:
                self.alive.move(buffer, PARAMETERS)
        return buffer

    def _read(self, tensor: Tensor) -> None:
        buffer = self._meet(tensor)
        if buffer.number in self.attentive:
            for copy in buffer.copies:
                copy.note_read(buffer)
            self._used(buffer)

    def _used(self, buffer: Buffer) -> None:
        """A buffer is no longer as its creation left it."""
        buffer.fresh = False
        if not buffer.copies:
            self.attentive.discard(buffer.number)

    # What the core tells ----------------------------------------------------------------------------------------------

    def buffer_made(self, family: Family) -> None:
        """A new buffer is there."""
        account = self.account or self._here()
        cause = DATA if self.account is None and self.cause == RESULTS else self.cause
        self.adjoints.is_delivered = self.adjoints.is_delivered or cause == GRADIENTS
        buffer = self.add_buffer(family.storage, account.holding(self.name, cause))
        if cause == DATA:
            buffer.fresh = True
            self.attentive.add(buffer.number)

    def leaf_made(self, tensor: Tensor) -> None:
        """A tensor requires grad from now on."""
        self._meet(tensor)

    def view_taken(self, tensor: Tensor, view: Any) -> None:
        """A view of a tensor was made."""
        account = self.account
        if account is None:
            code, instruction = caller_position(3)
            account = self.accounts.get((id(code), instruction)) or self.at(code, instruction)
        account.views += 1
        number = id(tensor._family.storage)
        if number not in self.buffers or number in self.attentive:
            self._read(tensor)
        buffer = self.buffers[number]
        deed = account.deeds.get(("viewed", view.name)) or account.deed("viewed", view.name)
        event = buffer.events.get(deed)
        if event is None:
            buffer.note(deed, self.clock)
        else:
            event[1] += 1

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
                buffer.note(account.deed("overwritten", f"{name}|{region.text if region else ''}"), self.clock)

    def value_kept(self, cell: Saved, array: Any, storage: Storage) -> None:
        """A saved value gets a copy of its own, in `storage`."""
        account = self.account or self.stepping or self._here()
        original = self.buffer(cell.storage)
        if self.alive.find(storage) is None:
            kept = self.add_buffer(storage, account.holding("a copy kept", KEPT))
            account.copies += 1
            account.kept += kept.nbytes
            original.note(account.deed("kept"), self.clock, kept.nbytes)
        self.watchlist.keep(cell, array, original)

    def memory_lent(self, storage: Storage) -> None:
        """A NumPy array over the buffer was handed out: who reads or writes it cannot be seen."""
        buffer = self.buffer(storage)
        buffer.lent, buffer.fresh = True, False
        buffer.note(self._here().deed("lent"), self.clock)

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

    def _around_node(self, node: Node, ct: Any, pull: Pull) -> Any:
        if self not in modes.observers:  # another thread's
            return pull(node, ct)
        place = id(node.code), node.instruction
        account = None if node.code is None else self.accounts.get(place) or self.at(node.code, node.instruction)
        saved = node.saved
        if saved:
            self.watchlist.look(node, saved, account, self.buffers)
        if self.passages.wanted:
            self.passages.look(node, ct)
        if account is None:
            shares = pull(node, ct)
        else:
            start = perf_counter_ns()
            shares = pull(node, ct)
            account.backward += perf_counter_ns() - start
        if type(ct) is not ndarray or ct.nbytes >= SMALL or self.adjoints.has_large(node, shares):
            self.adjoints.follow(node, ct, shares)
        return shares

    def _here(self) -> Account:
        """The account of the user's line that led here."""
        return self.at(*caller_position(2))
