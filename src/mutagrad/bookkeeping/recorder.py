"""Entering what happens: calls, writes, saves, views, buffers and reverse passes, as they come.

A recorder is a mode like the profiler: it counts in `modes.extras`, so all calls take the general way, where it is told
of them; while none is on it costs nothing. It holds on to nothing: buffers, nodes and saved values are known by weak
references. It sees the thread that started it.

Read first: `accounts.py`, `memory.py`, `hazards.py`. Read next: `book.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter, perf_counter_ns
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.autograd import running
from mutagrad.autograd.pulling import Pull, surroundings
from mutagrad.batched import Batched, physical_of
from mutagrad.bookkeeping.accounts import (
    ACTIVATIONS,
    DATA,
    GRADIENTS,
    KEPT,
    OPTIMIZER,
    PARAMETERS,
    RESULTS,
    Account,
)
from mutagrad.bookkeeping.findings import Copy, Trap
from mutagrad.bookkeeping.hazards import Loss, Watchlist
from mutagrad.bookkeeping.memory import Buffer, Memory, Write, held, new_buffer
from mutagrad.graph import Family, Leaf, Node
from mutagrad.modes import count_extra, modes
from mutagrad.operation import Operation
from mutagrad.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from mutagrad.overlap import box_of_array, whole_box
from mutagrad.pictures.graph import Graph, graph_of, names_in, spread_of
from mutagrad.report.regions import Region
from mutagrad.report.spans import Span, caller_frame, caller_position
from mutagrad.storage import Saved, Storage
from mutagrad.tensor import Tensor

MANY = 5000  # in passes of more nodes no histograms are made
FEW = 32  # so many adjoint buffers are added up at every node; more, only now and then


class Call:
    """The call that is under way: whose line, of what, and what it writes."""

    __slots__ = ("account", "name", "target", "clock")

    def __init__(self, account: Account, name: str, target: Tensor | None, clock: int) -> None:
        self.account, self.name, self.target, self.clock = account, name, target, clock


class Passage:
    """A reverse pass that is kept as a graph: its number, where it was asked for, and the graph."""

    __slots__ = ("task", "span", "graph")

    def __init__(self, task: int, span: Span, graph: Graph) -> None:
        self.task, self.span, self.graph = task, span, graph


class Recorder:
    """The state of a book, and what enters it."""

    def __init__(self, passes: int = 0) -> None:
        self.passes: list[Passage] = []
        self.passes_wanted = passes
        self.task = -1
        self.accounts: dict[tuple[Any, int], Account] = {}
        self.buffers: dict[int, Buffer] = {}
        self.memory = Memory()
        self.watchlist = Watchlist()
        self.traps_found: dict[tuple, Trap] = {}
        self.needless_found: dict[tuple[Account, str, str], list[int]] = {}
        self.clones: dict[Account, int] = {}
        self.call: Call | None = None
        self.stepping: Account | None = None
        self.pass_account: Account | None = None
        self.clock = self.nodes_run = 0
        self.seconds = 0.0
        self.is_open = False

    # Opening and closing ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to enter what happens in this thread."""
        self.began = perf_counter()
        modes.around_calls = (*modes.around_calls, self._around_call)
        modes.observers = (*modes.observers, self)
        surroundings.append(self._around_node)
        before, after = register_optimizer_step_pre_hook, register_optimizer_step_post_hook
        self.handles = before(self._begin_step), after(self._end_step)
        self.is_open = True
        count_extra(1)

    def stop(self) -> None:
        """Enters no more, and settles what was still undecided."""
        count_extra(-1)
        self.is_open = False
        for handle in self.handles:
            handle.remove()
        surroundings.remove(self._around_node)
        modes.observers = tuple(each for each in modes.observers if each is not self)
        modes.around_calls = tuple(around for around in modes.around_calls if around != self._around_call)
        self._end_pass()
        self.memory.look(self.accounts.values())
        for buffer in list(self.buffers.values()):
            for copy in buffer.copies:
                if copy.copy is buffer and copy.source() is None:
                    self._settle(copy)
        self.seconds += perf_counter() - self.began

    # Calls ------------------------------------------------------------------------------------------------------------

    def _around_call(
        self, operation: Operation, inputs: Any, values: dict[str, Any], call: Callable[[], Any], suffix: str
    ) -> Any:
        outer = self.call
        account = self._here() if outer is None else outer.account
        self.clock += 1
        if self.memory.adjoints and running.graph_task_id() < 0:
            self._end_pass()
        name = operation.name + suffix
        given = inputs[0] if operation.sequence else inputs
        # A write that leaves nothing of what was there does not read its target.
        first = 1 if suffix and operation.rules and operation.rules[0] is None and operation.joint is None else 0
        for x in given[first:]:
            if isinstance(x, Tensor):
                self._read(x)
        target = given[0] if suffix else None
        before = None if target is None else target._family.edge
        self.call = Call(account, name, target, self.clock)
        start = perf_counter_ns()
        try:
            made = call()
        finally:
            elapsed = perf_counter_ns() - start
            self.call = outer
        if outer is None:
            account.calls += 1
            account.forward += elapsed
            account.operations[name] = account.operations.get(name, 0) + 1
        if target is not None:
            self._note_write(target, account, name, whole=first == 1)
            edge = target._family.edge
            if edge is not None and edge is not before and type(edge[2]) is Node:
                self._note_saves(edge[2], account, target)
        else:
            self._note_results(operation, inputs, made if isinstance(made, tuple) else (made,), account)
        return made

    def _note_results(self, operation: Operation, inputs: Any, made: Sequence[Any], account: Account) -> None:
        node = None
        for tensor in made:
            if not isinstance(tensor, Tensor):
                continue
            family = tensor._family
            if family.edge is not None:
                buffer = self._buffer(family.storage)
                buffer.recorded, buffer.family = True, id(family)
                if type(family.edge[2]) is Node:
                    node = family.edge[2]
        if node is not None:
            self._note_saves(node, account)
        if operation.name == "clone" and isinstance(made[0], Tensor):
            source, copy = self._buffer(inputs[0]._family.storage), self._buffer(made[0]._family.storage)
            watched = Copy(account, source, copy)
            source.copies = [*source.copies, watched]
            copy.copies = [*copy.copies, watched]
            self.clones[account] = self.clones.get(account, 0) + 1

    def _note_saves(self, node: Node, account: Account, target: Tensor | None = None) -> None:
        """Enters what a node has just saved."""
        if node.sequence in self.watchlist.entries or not node.saved:
            return
        operation, slots = node.operation, []
        for i, cell in enumerate(node.saved):
            storage, array = cell.storage, getattr(cell, "memory", None)
            if storage is None or array is None:
                continue
            buffer = self._buffer(storage)
            nbytes = physical_of(array).nbytes
            position = operation.saved_input[i] if i < len(operation.saved_input) else None
            role = (
                "output" if position is None else "input" if len(operation.inputs) == 1 else operation.inputs[position]
            )
            if buffer.cause in (RESULTS, DATA):
                own = target is not None and buffer.clock == self.clock and position is not None
                if own:  # An operation in place keeps what its rule needs of the value that it overwrites.
                    account.copies += 1
                    account.kept += nbytes
                if own or buffer.cause == RESULTS:
                    self.memory.move(buffer, KEPT if own else ACTIVATIONS)
            account.saves += 1
            account.saved += nbytes
            buffer.note("saved", account, f"the gradient of {operation.name}, as its {role}", self.clock, nbytes)
            slots.append((ref(cell), buffer, storage.version, role, nbytes))
        if slots:
            self.watchlist.enter(node, account, slots)

    def _note_write(self, target: Tensor, account: Account, name: str, whole: bool) -> None:
        family, array = target._family, target._array
        storage = family.storage
        buffer = self._buffer(storage)
        nbytes = physical_of(array).nbytes
        account.writes += 1
        account.written += nbytes
        # Where one call of the user's fills and writes, as the making of a layer does, there is nothing to change.
        if buffer.fresh and whole and target._view is None and array.size > 1 and buffer.account is not account:
            self._add_needless(
                buffer, "fill", "all of it was written over before it was read; torch.empty does not fill"
            )
        buffer.fresh = False
        for copy in buffer.copies:
            copy.note_write(buffer, copy.source.cause == PARAMETERS)
        buffer.note("written", account, name, self.clock, nbytes)
        self._count_version(buffer, storage, account, name, array)
        if buffer.recorded:
            self._look_for_trap(buffer, target, account, name)

    def _count_version(self, buffer: Buffer, storage: Storage, account: Account, name: str, array: Any) -> None:
        write = buffer.writes.get((account, name))
        if write is None:
            if not buffer.writes:
                buffer.writes = {}
            write = buffer.writes[account, name] = Write(region_of(array, storage.array))  # type: ignore[index]
        if storage.version != buffer.version:
            write.version = buffer.version = storage.version

    def _look_for_trap(self, buffer: Buffer, target: Tensor, account: Account, name: str) -> None:
        family = target._family
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

    def _read(self, tensor: Tensor) -> None:
        family = tensor._family
        buffer = self._buffer(family.storage)
        buffer.fresh = False
        edge = family.edge
        if edge is not None:
            buffer.recorded, buffer.family = True, id(family)
            if type(edge[2]) is Leaf and buffer.cause == DATA:
                self.memory.move(buffer, PARAMETERS)
        for copy in buffer.copies:
            copy.note_read(buffer)

    # What the core tells ----------------------------------------------------------------------------------------------

    def buffer_made(self, family: Family) -> None:
        """A new buffer is there."""
        call = self.call
        account = call.account if call is not None else self._here()
        if running.graph_task_id() >= 0:
            cause = GRADIENTS
        elif self.stepping is not None:
            cause = OPTIMIZER
        else:
            cause = DATA if call is None else RESULTS
        buffer = self._enter(family.storage, cause, account, "" if call is None else call.name)
        buffer.fresh = cause == DATA
        account.made += buffer.nbytes

    def view_taken(self, tensor: Tensor, view: Any) -> None:
        """A view of a tensor was made."""
        account = self._here() if self.call is None else self.call.account
        account.views += 1
        buffer = self._buffer(tensor._family.storage)
        buffer.fresh = False
        buffer.note("viewed", account, view.name, self.clock)
        for copy in buffer.copies:
            copy.note_read(buffer)

    def values_overwritten(self, storage: Storage, cells: list[Saved], array: Any, written: Any) -> None:
        """Saved values are about to be written over; `written` are the elements of the array where not all are."""
        call = self.call
        account = call.account if call is not None else self.stepping or self._here()
        name = call.name if call is not None else "step" if self.stepping is not None else "backward"
        target = None if call is None else call.target
        through = ".data" if target is not None and target._family.version is not None else ""
        region = region_of(array, storage.array, written)
        account.overwritten += len(cells)
        buffer = self._buffer(storage)
        for cell in cells:
            is_lost = bool(np.shares_memory(cell.memory, array)) and (written is None or written.meets(cell.memory))
            self.watchlist.lost[cell] = Loss(account, name, region, through, is_lost)
            if is_lost:
                buffer.note("overwritten", account, f"{name}|{region.text if region else ''}", self.clock)

    def value_kept(self, cell: Saved, array: Any, storage: Storage) -> None:
        """A saved value gets a copy of its own, in `storage`."""
        account = self.call.account if self.call is not None else self.stepping or self._here()
        original = self._buffer(cell.storage)
        if id(storage) not in self.buffers:
            kept = self._enter(storage, KEPT, account, "a copy kept")
            account.copies += 1
            account.kept += kept.nbytes
            original.note("kept", account, "", self.clock, kept.nbytes)
        if cell not in self.watchlist.lost and type(array) is np.ndarray:
            self.watchlist.originals[cell] = array

    def memory_lent(self, storage: Storage) -> None:
        """A NumPy array over the buffer was handed out: who reads or writes it cannot be seen."""
        buffer = self._buffer(storage)
        buffer.lent, buffer.fresh = True, False
        buffer.note("lent", self._here(), "", self.clock)

    def _begin_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self.stepping = self._here()

    def _end_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        account, self.stepping = self.stepping, None
        if account is None:
            return
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    storage = parameter._family.storage
                    buffer = self._buffer(storage)
                    buffer.note("written", account, "step", self.clock, buffer.nbytes)
                    self._count_version(buffer, storage, account, "step", parameter._array)
                    account.writes += 1
                    account.written += buffer.nbytes

    # Reverse passes ---------------------------------------------------------------------------------------------------

    def _around_node(self, node: Node, ct: Any, pull: Pull) -> Any:
        if self not in modes.observers:  # another thread's
            return pull(node, ct)
        account = self._at(node.code, node.instruction) if node.code is not None else None
        self.watchlist.look(node, account)
        reverse = running.current_pass()
        self.nodes_run += 1
        if self.passes_wanted:
            self._draw(node, ct, reverse)
        if reverse is not None:
            self._weigh(reverse, ct)
        start = perf_counter_ns()
        shares = pull(node, ct)
        if account is not None:
            account.backward += perf_counter_ns() - start
        if reverse is not None:
            self._set_adjoints(self.memory.adjoints + sum([held(share) for share in shares if share is not ct]))
        return shares

    def _weigh(self, reverse: Any, ct: Any) -> None:
        """Adds up the adjoint buffers of a pass; where they are many, at some of the nodes only."""
        if not self.memory.adjoints:
            self.pass_account = self._here()
        many = len(reverse.adjoints)
        if many <= FEW or self.nodes_run % (many // FEW) == 0:
            self._set_adjoints(sum(map(held, reverse.adjoints.values())) + held(ct))

    def _draw(self, node: Node, ct: Any, reverse: Any) -> None:
        """Keeps the graph of one of the first passes, and how the cotangents in it are spread."""
        task = running.graph_task_id()
        if task != self.task:
            self.task = task
            if len(self.passes) < self.passes_wanted:
                names = names_in(caller_frame())
                graph = graph_of(reverse.roots, names, spreads=len(reverse.nodes) <= MANY, lost=self._overwriter)
                self.passes.append(Passage(task, Span(*caller_position()), graph))
        if self.passes and self.passes[-1].task == task:
            vertex = self.passes[-1].graph.vertices.get(node.sequence)
            if vertex is not None and len(reverse.nodes) <= MANY and type(ct) is not list:
                vertex.gradient = spread_of(ct)

    def _overwriter(self, cell: Any) -> tuple[str, Span | None] | None:
        loss = self.watchlist.lost.get(cell)
        return None if loss is None or not loss.is_lost else (loss.writer, loss.account.span)

    def _set_adjoints(self, nbytes: int) -> None:
        """Notes how large the adjoint buffers of the pass under way are; they are booked to the line that called for it."""
        change = nbytes - self.memory.adjoints
        self.memory.adjoints = nbytes
        if change > 0:
            self.memory.grow(self.pass_account, GRADIENTS, change)
        elif change < 0:
            self.memory.shrink(self.pass_account, GRADIENTS, -change, self.accounts.values())

    def _end_pass(self) -> None:
        """The pass has run: its adjoint buffers are gone."""
        self._set_adjoints(0)

    def add_trap(self, kind: str, headline: str, span: Span | None, advice: str | None = None) -> None:
        """Enters a trap, or one more time of it."""
        key = kind, headline, span
        if key in self.traps_found:
            self.traps_found[key].count += 1
        else:
            self.traps_found[key] = Trap(kind, headline, span, advice)

    # Places and buffers -----------------------------------------------------------------------------------------------

    def _here(self) -> Account:
        """The account of the user's line that led here."""
        return self._at(*caller_position(2))

    def _at(self, code: Any, instruction: int) -> Account:
        account = self.accounts.get((code, instruction))
        if account is None:
            account = self.accounts[code, instruction] = Account(code, instruction)
        return account

    def _buffer(self, storage: Storage) -> Buffer:
        """What is known of a storage; one not met before was there when the book was opened."""
        buffer = self.buffers.get(id(storage))
        return buffer if buffer is not None else self._enter(storage, DATA, None, "")

    def _enter(self, storage: Storage, cause: int, account: Account | None, maker: str) -> Buffer:
        buffer = new_buffer(storage, self._forget, cause, account, maker, self.clock)
        self.buffers[buffer.number] = buffer
        self.memory.grow(account, cause, buffer.nbytes)
        return buffer

    def _forget(self, buffer: Buffer) -> None:
        """A buffer is given back."""
        if self.buffers.get(buffer.number) is not buffer:
            return
        del self.buffers[buffer.number]
        if not self.is_open:
            return
        self.memory.shrink(buffer.account, buffer.cause, buffer.nbytes, self.accounts.values())
        for copy in buffer.copies:
            if copy.copy is buffer:
                self._settle(copy)
                copy.source.copies = [each for each in copy.source.copies if each is not copy]
        buffer.copies = ()

    def _settle(self, copy: Copy) -> None:
        """The clone is gone, or its original: whether it was needed is known."""
        if not copy.is_needed and not copy.source.lent and not copy.copy.lent:
            self._add_needless(copy.copy, "clone", copy.reason)

    def _add_needless(self, buffer: Buffer, what: str, reason: str) -> None:
        if buffer.account is not None:
            found = self.needless_found.setdefault((buffer.account, what, reason), [0, 0])
            found[0] += 1
            found[1] += buffer.nbytes


def region_of(array: Any, base: Any, written: Any = None) -> Region | None:
    """The elements of `base` that are written by writing `array`, a view of it, or only the elements `written` of that."""
    if type(array) is Batched or type(base) is Batched or array.itemsize != base.itemsize:
        return None
    if written is not None:
        return Region(base.shape, None, written.count())
    if array is base:
        return Region(base.shape, whole_box(base))
    if not array.size:
        return None
    box, exact = box_of_array(array, base)
    return Region(base.shape, box) if exact else Region(base.shape, None, array.size)
