"""A chat's history as ZIP files that read well anywhere, offline."""
