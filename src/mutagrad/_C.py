"""What programs reach for in the private module of PyTorch that has this name."""

from mutagrad.autograd.running import graph_task_id, will_execute

_current_graph_task_id = graph_task_id
_will_engine_execute_node = will_execute
