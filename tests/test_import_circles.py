"""No two files need each other, not even for a type: each can be read and changed without the other."""

from graphlib import TopologicalSorter

import grimp


def test_files_do_not_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("bot", "model", "storage", "training", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 200
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle
