"""Draws cartoon scenes and asks about them."""
