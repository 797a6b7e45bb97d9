"""How the arithmetic is done where a model runs: kernels, number formats, CUDA graphs, memory."""
