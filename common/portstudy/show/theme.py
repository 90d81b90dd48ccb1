"""Colours of the libraries."""

# Okabe and Ito's palette, which colour-blind readers can tell apart.
COLOURS = {
    "numpy": "#0072B2", "jax": "#D55E00", "numba": "#009E73", "torch": "#CC79A7",
    "scipy": "#56B4E9", "sklearn": "#E69F00", "diffrax": "#8C6D1F",
}  # fmt: skip


OTHER = "#666666"


PICTURES = (".png", ".svg", ".pdf")
