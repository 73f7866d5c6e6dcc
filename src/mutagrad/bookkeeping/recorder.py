"""Entering what happens: calls, writes, saves, views, buffers and reverse passes, as they come.

A recorder is a mode like the profiler: it counts in `modes.extras`, so while none is on it costs nothing. Where it is
all that is on, calls come to it straight from `recording.py` and `overwriting.py`: it runs the fast call itself, with
`extras` at zero, and then looks at what came out, since all there is to know hangs on the result: its memory, its node,
the values saved with that. Beside other modes calls take the general way, where it is told of them.

It holds on to nothing: buffers and saved values are known by weak references, nodes not at all. It sees the thread that
started it.

Read first: `accounts.py`, `memory.py`, `hazards.py`. Read next: `book.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter, perf_counter_ns
from typing import Any

import numpy as np

from mutagrad.autograd import running
from mutagrad.autograd.passes import running as passes
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
)
from mutagrad.bookkeeping.adjoints import Adjoints
from mutagrad.bookkeeping.findings import Copy, Trap
from mutagrad.bookkeeping.hazards import Loss, Watchlist, role_of
from mutagrad.bookkeeping.memory import NO_EVENTS, Buffer, Memory, Write, new_buffer, region_of
from mutagrad.graph import NOTHING, Family, Leaf, Node, next_sequence
from mutagrad.modes import count_extra, extras, modes
from mutagrad.operation import Operation
from mutagrad.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from mutagrad.pictures.graph import Graph, graph_of, names_in, spread_of
from mutagrad.report.spans import Span, caller_frame, caller_position
from mutagrad.storage import Saved, Storage
from mutagrad.tensor import Tensor

MANY = 5000  # in passes of more nodes no histograms are made


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
        self.accounts: dict[tuple[int, int], Account] = {}
        self.buffers: dict[int, Buffer] = {}
        self.memory = Memory(self.accounts)
        self.adjoints = Adjoints(self.memory)
        self.watchlist = Watchlist()
        self.traps_found: dict[tuple, Trap] = {}
        self.needless_found: dict[tuple[Account, str, str], list[int]] = {}
        self.clones: dict[Account, int] = {}
        # The call under way: whose line, of what, and what it writes.
        self.account: Account | None = None
        self.name = ""
        self.target: Tensor | None = None
        self.stepping: Account | None = None
        self.clock = self.sequence = 0
        self.died = self._forget
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
        self.sequence = next_sequence()
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
        self.adjoints.end()
        self.memory.look()
        for buffer in list(self.buffers.values()):
            for copy in buffer.copies:
                if copy.copy is buffer and copy.source() is None:
                    self._settle(copy)
        self.seconds += perf_counter() - self.began

    # Calls ------------------------------------------------------------------------------------------------------------

    def enter(self, operation: Operation, fast: Callable[..., Any], inputs: tuple) -> Any:
        """Runs a fast call, `fast(*inputs)`, and enters it.

        One straight line, as the fast calls are themselves: the parts of it are written out elsewhere in this class.
        """
        self.clock = clock = self.clock + 1
        extras[0] -= 1
        start = perf_counter_ns()
        try:
            made = fast(*inputs)
        finally:
            elapsed = perf_counter_ns() - start
            extras[0] += 1
        if not isinstance(made, Tensor):
            return made  # NotImplemented: the other operand is asked
        family = made._family
        edge, node = family.edge, None
        if edge is not None:
            node = edge[2]
            if type(node) is not Node or node.sequence <= self.sequence:
                node = None
        if node is None:
            code, instruction = caller_position(3)
        else:
            self.sequence = node.sequence
            code, instruction = node.code, node.instruction
        account = self.accounts.get((id(code), instruction))
        if account is None:
            account = self._open(code, instruction)
        account.forward += elapsed
        name = operation.name
        operations = account.operations
        operations[name] = operations.get(name, 0) + 1

        if self.adjoints.task >= 0:
            self.adjoints.settle()
        buffers = self.buffers
        for x in inputs:
            if isinstance(x, Tensor):
                read = x._family
                buffer = buffers.get(id(read.storage))
                if buffer is None or buffer.attentive or (read.edge is not None and not buffer.family):
                    self._read(x)
        storage = family.storage
        number = id(storage)
        if number in buffers:
            buffer = buffers[number]
        else:
            cause = RESULTS
            if self.adjoints.task >= 0 or self.stepping is not None:
                cause = self._cause(RESULTS)
            nbytes = storage.array.nbytes
            buffers[number] = buffer = Buffer(storage, self.died)
            buffer.number, buffer.nbytes, buffer.cause, buffer.account = number, nbytes, cause, account
            buffer.maker, buffer.clock = name, clock
            buffer.version = buffer.family = buffer.mark = 0
            buffer.attentive, buffer.events = False, NO_EVENTS
            account.made += nbytes
            account.live[cause] += nbytes
            memory = self.memory
            memory.totals[cause] += nbytes
            memory.total += nbytes
        if edge is not None:
            buffer.family = id(family)
        if node is not None and node.saved:
            operation = node.operation
            deeds = account.saving.get(operation)
            if deeds is None:
                deeds = account.saving[operation] = saving(operation, account)
            for cell, deed in zip(node.saved, deeds):
                storage = cell.storage
                if storage is None:
                    continue
                buffer = buffers.get(id(storage))
                if buffer is None or type(cell) is not Saved or buffer.version != storage.version:
                    self._note_save(cell, deed, node, account)
                    continue
                nbytes = cell.array.nbytes
                account.saves += 1
                account.saved += nbytes
                if buffer.cause == RESULTS:
                    self.memory.move(buffer, ACTIVATIONS)
                event = buffer.events.get(deed)
                if event is None:
                    buffer.note(deed, clock, nbytes)
                else:
                    event[1] += 1
                    event[2] += nbytes
        if name == "clone":
            self._note_clone(inputs[0], made, account)
        return made

    def enter_write(self, operation: Operation, fast: Callable[..., Any], inputs: tuple) -> Any:
        """Runs a fast call in place, `fast(*inputs)`, and enters it."""
        return self._write(operation, self._at(*caller_position(3)), inputs, partial(fast, *inputs))

    def _around_call(
        self, operation: Operation, inputs: Any, values: dict[str, Any], call: Callable[[], Any], suffix: str
    ) -> Any:
        account = self.account or self._here()
        if suffix:
            return self._write(operation, account, inputs, call)
        self.clock += 1
        given = inputs[0] if operation.sequence else inputs
        for x in given:
            if isinstance(x, Tensor):
                self._read(x)
        made, elapsed = self._run(call, account, operation.name, None)
        if self.account is None:
            self._note_call(operation.name, account, elapsed)
        node = None
        results = made if isinstance(made, tuple) else (made,)
        for tensor in results:
            if isinstance(tensor, Tensor):
                node = self._new_node(tensor._family) or node
                self._note_result(operation, tensor._family, account)
        if node is not None and node.saved:
            self._note_saves(node, account)
        if operation.name == "clone":
            self._note_clone(inputs[0], results[0], account)
        return made

    def _write(self, operation: Operation, account: Account, given: tuple, call: Callable[[], Any]) -> Any:
        """Runs a call in place, which writes the first of what it is given."""
        self.clock += 1
        target, name = given[0], operation.name + "_"
        # A write that leaves nothing of what was there does not read its target.
        part = "remained" in operation.named  # at the positions of an index
        whole = bool(operation.rules) and operation.rules[0] is None and operation.joint is None and not part
        buffer = self._buffer(target._family.storage)
        for x in given[1:] if whole else given:
            if isinstance(x, Tensor):
                self._read(x)
        before = target._family.edge
        made, elapsed = self._run(call, account, name, target)
        if self.account is None:
            self._note_call(name, account, elapsed)
        node = None if target._family.edge is before else self._new_node(target._family)
        self._note_write(target, buffer, account, name, whole, node)
        if node is not None and node.saved:
            self._note_saves(node, account, target)
        return made

    def _run(self, call: Callable[[], Any], account: Account, name: str, target: Tensor | None) -> tuple[Any, int]:
        """What a call gives, and the time it takes; meanwhile it is the one under way."""
        outer = self.account, self.name, self.target
        alone = extras[0] == 1 and outer[0] is None
        self.account, self.name, self.target = account, name, target
        if alone:
            extras[0] -= 1
        start = perf_counter_ns()
        try:
            made = call()
        finally:
            elapsed = perf_counter_ns() - start
            if alone:
                extras[0] += 1
            self.account, self.name, self.target = outer
        return made, elapsed

    def _new_node(self, family: Family) -> Node | None:
        """The node of the last call, if it recorded one: no older one has a sequence number beyond all that were seen."""
        edge = family.edge
        if edge is None:
            return None
        node = edge[2]
        if type(node) is not Node or node.sequence <= self.sequence:
            return None
        self.sequence = node.sequence
        return node

    def _note_call(self, name: str, account: Account, elapsed: int) -> None:
        if self.adjoints.task >= 0:
            self.adjoints.settle()
        account.forward += elapsed
        account.operations[name] = account.operations.get(name, 0) + 1

    def _cause(self, otherwise: int) -> int:
        """What memory that is made now is for."""
        if running.graph_task_id() >= 0:
            return GRADIENTS
        return otherwise if self.stepping is None else OPTIMIZER

    def _note_result(self, operation: Operation, family: Family, account: Account) -> None:
        buffer = self.buffers.get(id(family.storage))
        if buffer is None:
            buffer = self._enter(family.storage, self._cause(RESULTS), account, operation.name)
            account.made += buffer.nbytes
        if family.edge is not None:
            buffer.family = id(family)

    def _note_clone(self, original: Tensor, made: Tensor, account: Account) -> None:
        source, copy = self._buffer(original._family.storage), self._buffer(made._family.storage)
        watched = Copy(account, source, copy)
        source.copies = [*source.copies, watched]
        copy.copies = [*copy.copies, watched]
        source.attentive = copy.attentive = True
        self.clones[account] = self.clones.get(account, 0) + 1

    def _note_saves(self, node: Node, account: Account, target: Tensor | None = None) -> None:
        """Enters what a node has just saved."""
        deeds = account.saving.get(node.operation)
        if deeds is None:
            deeds = account.saving[node.operation] = saving(node.operation, account)
        for cell, deed in zip(node.saved, deeds):
            if cell.storage is not None:
                self._note_save(cell, deed, node, account, target)
            elif target is not None and deed.position == 0 and cell is not NOTHING:
                self._note_own_copy(cell, account, deed)

    def _note_save(self, cell: Saved, deed: Deed, node: Node, account: Account, target: Tensor | None = None) -> None:
        storage = cell.storage
        buffer = self.buffers.get(id(storage))
        if target is not None and deed.position is not None and (buffer is None or buffer.clock == self.clock):
            self._note_own_copy(storage, account, deed)
            return
        if buffer is None:
            buffer = self._buffer(storage)
        if buffer.version != storage.version:
            # Written where no call was seen: before this value was saved.
            buffer.mark, buffer.version = node.sequence - 1, storage.version
        array = cell.array if type(cell) is Saved else cell.memory
        nbytes = array.nbytes if type(array) is np.ndarray else physical_of(array).nbytes
        if buffer.cause == RESULTS:
            self.memory.move(buffer, ACTIVATIONS)
        account.saves += 1
        account.saved += nbytes
        buffer.note(deed, self.clock, nbytes)

    def _note_own_copy(self, holder: Storage | Saved, account: Account, deed: Deed) -> None:
        """Enters a copy of what an operation in place overwrites and its rule needs; `holder` lives as long as it does."""
        kept = self.buffers.get(id(holder)) or self._enter(holder, KEPT, account, "a copy kept")
        self.memory.move(kept, KEPT)
        account.copies += 1
        account.kept += kept.nbytes
        account.saves += 1
        account.saved += kept.nbytes
        kept.note(deed, self.clock, kept.nbytes)

    def _note_write(
        self, target: Tensor, buffer: Buffer, account: Account, name: str, whole: bool, node: Node | None
    ) -> None:
        array = target._array
        nbytes = array.nbytes if type(array) is np.ndarray else physical_of(array).nbytes
        account.writes += 1
        account.written += nbytes
        if buffer.attentive:
            # Where one call of the user's fills and writes, as the making of a layer does, there is nothing to change.
            if buffer.fresh and whole and target._view is None and array.size > 1 and buffer.account is not account:
                self._add_needless(
                    buffer, "fill", "all of it was written over before it was read; torch.empty does not fill"
                )
            for copy in buffer.copies:
                copy.note_write(buffer, copy.source.cause == PARAMETERS)
            buffer.fresh, buffer.attentive = False, bool(buffer.copies)
        buffer.note(account.deeds.get(("written", name)) or account.deed("written", name), self.clock, nbytes)
        self._count_version(buffer, target, account, name, node)
        if buffer.family:
            self._look_for_trap(buffer, target, account, name)

    def _count_version(self, buffer: Buffer, target: Tensor, account: Account, name: str, node: Node | None) -> None:
        """Notes the moment of a write that PyTorch counts, as a sequence number: nodes before it saved another version."""
        write = buffer.writes.get((account, name))
        if write is None:
            if not buffer.writes:
                buffer.writes = {}
            write = buffer.writes[account, name] = Write(target)
        version = target._family.storage.version
        if version != buffer.version:
            buffer.version = version
            write.mark = buffer.mark = next_sequence() if node is None else node.sequence

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
        buffer = self.buffers.get(id(family.storage))
        if buffer is None:
            buffer = self._buffer(family.storage)
        edge = family.edge
        if edge is not None and (not buffer.family or buffer.cause == DATA):
            buffer.family = id(family)
            if type(edge[2]) is Leaf and buffer.cause == DATA:
                self.memory.move(buffer, PARAMETERS)
        if buffer.attentive:
            self._note_read(buffer)

    def _note_read(self, buffer: Buffer) -> None:
        """One of the few buffers of which it matters that they are read: fills, clones and what was cloned."""
        for copy in buffer.copies:
            copy.note_read(buffer)
        buffer.fresh, buffer.attentive = False, bool(buffer.copies)

    # What the core tells ----------------------------------------------------------------------------------------------

    def buffer_made(self, family: Family) -> None:
        """A new buffer is there."""
        account = self.account or self._here()
        cause = self._cause(DATA if self.account is None else RESULTS)
        self.adjoints.is_delivered = self.adjoints.is_delivered or cause == GRADIENTS
        buffer = self._enter(family.storage, cause, account, self.name)
        buffer.fresh = buffer.attentive = cause == DATA
        account.made += buffer.nbytes

    def view_taken(self, tensor: Tensor, view: Any) -> None:
        """A view of a tensor was made."""
        account = self.account or self._here()
        account.views += 1
        buffer = self._buffer(tensor._family.storage)
        if buffer.attentive:
            self._note_read(buffer)
        buffer.note(account.deed("viewed", view.name), self.clock)

    def values_overwritten(self, storage: Storage, cells: list[Saved], array: Any, written: Any) -> None:
        """Saved values are about to be written over; `written` are the elements of the array where not all are."""
        account = self.account or self.stepping or self._here()
        name = self.name or ("step" if self.stepping is not None else "backward")
        through = ".data" if self.target is not None and self.target._family.version is not None else ""
        region = region_of(array, storage.array, written)
        account.overwritten += len(cells)
        buffer = self._buffer(storage)
        for cell in cells:
            is_lost = bool(np.shares_memory(cell.memory, array)) and (written is None or written.meets(cell.memory))
            self.watchlist.lose(cell, Loss(account, name, region, through, is_lost, buffer, cell.memory.nbytes))
            if is_lost:
                buffer.note(account.deed("overwritten", f"{name}|{region.text if region else ''}"), self.clock)

    def value_kept(self, cell: Saved, array: Any, storage: Storage) -> None:
        """A saved value gets a copy of its own, in `storage`."""
        account = self.account or self.stepping or self._here()
        original = self._buffer(cell.storage)
        if id(storage) not in self.buffers:
            kept = self._enter(storage, KEPT, account, "a copy kept")
            account.copies += 1
            account.kept += kept.nbytes
            original.note(account.deed("kept"), self.clock, kept.nbytes)
        self.watchlist.keep(cell, array, original)

    def memory_lent(self, storage: Storage) -> None:
        """A NumPy array over the buffer was handed out: who reads or writes it cannot be seen."""
        buffer = self._buffer(storage)
        buffer.lent, buffer.fresh = True, False
        buffer.note(self._here().deed("lent"), self.clock)

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
                    buffer.note(account.deed("written", "step"), self.clock, buffer.nbytes)
                    self._count_version(buffer, parameter, account, "step", None)
                    account.writes += 1
                    account.written += buffer.nbytes

    # Reverse passes ---------------------------------------------------------------------------------------------------

    def _around_node(self, node: Node, ct: Any, pull: Pull) -> Any:
        if self not in modes.observers or not passes.passes:  # another thread's
            return pull(node, ct)
        code, account = node.code, None
        if code is not None:
            account = self._at(code, node.instruction)
        if node.saved:
            self.watchlist.look(node, account, self.buffers)
        task, reverse = passes.passes[-1]
        if self.passes_wanted:
            self._draw(node, ct, reverse)
        adjoints = self.adjoints
        if adjoints.task != task:
            adjoints.begin(task, self._here())
        start = perf_counter_ns()
        shares = pull(node, ct)
        if account is not None:
            account.backward += perf_counter_ns() - start
        adjoints.follow(node, ct, shares)
        return shares

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
        account = self.accounts.get((id(code), instruction))
        return self._open(code, instruction) if account is None else account

    def _open(self, code: Any, instruction: int) -> Account:
        """A new account. It keeps the code, so that its number stays its own; the hash of the code itself is slow."""
        account = self.accounts[id(code), instruction] = Account(code, instruction)
        return account

    def _buffer(self, storage: Storage) -> Buffer:
        """What is known of a storage; one not met before was there when the book was opened."""
        buffer = self.buffers.get(id(storage))
        return buffer if buffer is not None else self._enter(storage, DATA, None, "")

    def _enter(self, storage: Storage | Saved, cause: int, account: Account | None, maker: str) -> Buffer:
        buffer = new_buffer(storage, self.died, cause, account, maker, self.clock)
        self.buffers[buffer.number] = buffer
        self.memory.grow(account, cause, buffer.nbytes)
        return buffer

    def _forget(self, buffer: Buffer) -> None:
        """A buffer is given back."""
        del self.buffers[buffer.number]
        if not self.is_open:
            return
        memory, account, cause, nbytes = self.memory, buffer.account, buffer.cause, buffer.nbytes
        if not memory.low <= memory.total + memory.passing <= memory.high:
            memory.look()
        if account is not None:
            account.live[cause] -= nbytes
        memory.totals[cause] -= nbytes
        memory.total -= nbytes
        if buffer.attentive:
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


def saving(operation: Operation, account: Account) -> list[Deed]:
    """What is noted of the memory of each value that an operation saves at a place."""
    return [
        account.deed("saved", f"the gradient of {operation.name}, as its {role_of(operation, slot)}", position)
        for slot, position in enumerate(operation.saved_input)
    ]
