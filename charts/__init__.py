"""Figures: a frame in, a `go.Figure` out; one file a figure, one look."""
