"""How good a model is: answers, official accuracy, calibration, reports and comparisons."""
