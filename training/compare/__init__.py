"""Models held against each other: the same data, the same budget, several seeds."""
