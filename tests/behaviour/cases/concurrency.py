"""Several threads at once, passes within passes, and graphs of a great depth."""

import threading

from ..material import leaf
from ..suite import Cases, raised

case = Cases()


def together(count, work):
    """Runs `work(i)` in `count` threads, begun at once; gives what each gives or raises."""
    ready, results = threading.Barrier(count), [None] * count

    def run(i):
        ready.wait()
        try:
            results[i] = work(i)
        except Exception as error:
            results[i] = repr(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# Threads --------------------------------------------------------------------------------------------------------------


@case
def gradients_of_several_threads_add_up(torch):
    x = leaf(torch, *[1.0] * 1000)

    def work(i):
        for _ in range(20):
            (x * 2).sum().backward()

    together(8, work)
    return x.grad.min(), x.grad.max()


@case
def gradients_of_several_threads_over_a_part(torch):
    x = leaf(torch, *[1.0] * 1000)

    def work(i):
        for _ in range(10):
            (x[i * 100 : i * 100 + 200] * 3).sum().backward()

    together(8, work)
    return x.grad.sum(), x.grad[50], x.grad[150]


@case
def a_shared_network_in_several_threads(torch):
    w, v = leaf(torch, *[0.5] * 6), leaf(torch, 1.0, -1.0)

    def work(i):
        for _ in range(5):
            h = (torch.full((4, 3), float(i + 1), dtype=torch.float64) @ w.view(3, 2)).tanh()
            (h @ v).sum().backward()

    together(4, work)
    return w.grad, v.grad


@case
def a_shared_graph_in_several_threads(torch):
    x = leaf(torch)
    h = (x * x).exp()
    together(4, lambda i: (h * (i + 1)).sum().backward(retain_graph=True))
    return x.grad


@case
def grad_mode_belongs_to_the_thread(torch):
    def work(i):
        before = torch.is_grad_enabled()
        torch.set_grad_enabled(i % 2 == 0)
        return before, torch.is_grad_enabled()

    with torch.no_grad():
        return together(4, work), torch.is_grad_enabled()


@case
def inference_mode_belongs_to_the_thread(torch):
    with torch.inference_mode():
        return together(2, lambda i: (torch.is_inference_mode_enabled(), torch.ones(1).is_inference()))


@case
def saved_tensors_hooks_belong_to_the_thread(torch):
    seen = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: seen.append(1) or t, lambda t: t):
        together(2, lambda i: leaf(torch).sin() and None)
    return seen


@case
def hooks_run_in_the_thread_of_the_pass(torch):
    x = leaf(torch)
    names = set()

    def work(i):
        h = x * (i + 1)
        h.register_hook(lambda g: names.add(threading.current_thread().name))
        h.sum().backward()

    together(4, work)
    return len(names), threading.current_thread().name in names


@case
def hooks_of_a_shared_leaf_in_several_threads(torch):
    x, calls = leaf(torch), []
    x.register_hook(lambda g: calls.append(1) or g * 2)
    together(4, lambda i: [x.sum().backward() for _ in range(5)] and None)
    return len(calls), x.grad


@case
def post_accumulate_hooks_in_several_threads(torch):
    x, calls = leaf(torch), []
    x.register_post_accumulate_grad_hook(lambda p: calls.append(p.grad is not None))
    together(4, lambda i: [x.sum().backward() for _ in range(5)] and None)
    return len(calls), all(calls), x.grad


@case
def an_error_in_one_thread_leaves_the_others(torch):
    x = leaf(torch)

    def work(i):
        h = x * 2

        def fail(g):
            raise ValueError(str(i))

        if i == 1:
            h.register_hook(fail)
        h.sum().backward()
        return "done"

    return together(3, work), x.grad


@case
def several_threads_write_parts_of_one_buffer(torch):
    x = leaf(torch, 1.0, 2.0, 3.0, 4.0)
    h = torch.zeros(4, dtype=torch.float64)

    def work(i):
        with torch.no_grad():
            for _ in range(50):
                h[i] += x[i]

    together(4, work)
    return h


@case
def a_multi_grad_hook_in_several_threads(torch):
    x, y, calls = leaf(torch), leaf(torch), []
    torch.autograd.graph.register_multi_grad_hook((x, y), lambda gs: calls.append(len(gs)))
    together(4, lambda i: (x * y).sum().backward())
    return calls


@case
def set_multithreading_enabled(torch):
    x = leaf(torch)
    with torch.autograd.set_multithreading_enabled(False):
        (x * x).sum().backward()
    return x.grad


# Passes within passes -------------------------------------------------------------------------------------------------


@case
def a_pass_within_a_pass(torch):
    class Inner(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with torch.enable_grad():
                ctx.x = x.detach().requires_grad_()
                ctx.y = ctx.x.exp()
            return ctx.y.detach()

        @staticmethod
        def backward(ctx, g):
            with torch.enable_grad():
                torch.autograd.backward(ctx.y, g)
            return ctx.x.grad

    x = leaf(torch)
    Inner.apply(Inner.apply(x) * 0.1).sum().backward()
    return x.grad


def nested(torch, depth):
    """The gradient through `depth` custom functions, each of which runs its own pass in its backward."""

    class Deeper(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, depth):
            ctx.depth = depth
            with torch.enable_grad():
                ctx.x = x.detach().requires_grad_()
                ctx.y = Deeper.apply(ctx.x, depth - 1) if depth else ctx.x * 2
            return ctx.y.detach()

        @staticmethod
        def backward(ctx, g):
            with torch.enable_grad():
                torch.autograd.backward(ctx.y, g)
            return ctx.x.grad, None

    x = leaf(torch)
    Deeper.apply(x, depth).sum().backward()
    return x.grad


@case
def passes_nested_a_few_times(torch):
    return nested(torch, 10)


@case
def passes_nested_many_times_in_hooks(torch):
    depths = []

    def descend(depth):
        def hook(g):
            depths.append(depth)
            if depth < 300:
                with torch.enable_grad():
                    start(depth + 1)

        return hook

    def start(depth):
        x = leaf(torch)
        h = x * 1
        h.register_hook(descend(depth))
        h.sum().backward()
        return x.grad

    g = start(0)
    return len(depths), depths[-1], g


@case
def modes_in_nested_passes(torch):
    x, seen = leaf(torch), []
    h = x * 1

    def hook(g):
        seen.append(torch.is_grad_enabled())
        with torch.enable_grad():
            torch.autograd.grad((x * x).sum(), x, create_graph=True)
        seen.append(torch.is_grad_enabled())

    h.register_hook(hook)
    h.sum().backward()
    return seen, torch.is_grad_enabled()


@case
def an_error_in_a_nested_pass(torch):
    def fail(g):
        raise ValueError("inner")

    x, y = leaf(torch), leaf(torch)
    inner = y * 1
    inner.register_hook(fail)
    outer = x * 1
    outer.register_hook(lambda g: inner.sum().backward())
    return raised(lambda: outer.sum().backward()), x.grad, y.grad


# Depth ----------------------------------------------------------------------------------------------------------------


@case
def a_deep_chain(torch):
    x = leaf(torch)
    h = x
    for _ in range(20_000):
        h = h + 1
    h.sum().backward()
    del h
    return x.grad


@case
def a_deep_chain_walked_through_its_functions(torch):
    h = leaf(torch)
    for _ in range(5_000):
        h = h + 1
    fn, count = h.grad_fn, 0
    while fn is not None:
        count += 1
        fn = fn.next_functions[0][0] if fn.next_functions else None
    return count


@case
def a_deep_chain_of_writes(torch):
    x = leaf(torch)
    h = x * 1
    for i in range(5_000):
        h[i % 3] += 1
    h.sum().backward()
    return x.grad, h.sum()


@case
def a_deep_chain_that_is_dropped_without_a_pass(torch):
    h = leaf(torch)
    for _ in range(20_000):
        h = h.sin()
    del h
    return "freed"


@case
def a_deep_graph_of_second_derivatives(torch):
    x = leaf(torch, 0.5)
    h = x
    for _ in range(300):
        h = h * 1.001
    (first,) = torch.autograd.grad((h * h).sum(), x, create_graph=True)
    return torch.autograd.grad(first.sum(), x)
