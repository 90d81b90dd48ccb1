"""Threefry's twenty rounds, on unsigned 32-bit integers, which NumPy and JAX write alike."""

ROTATIONS = (13, 15, 26, 6), (17, 29, 16, 24)  # bits, in one group of four rounds and the next
PARITY = 0x1BD11BDA


def threefry2x32(key, high, low):
    keys = key[0], key[1], key[0] ^ key[1] ^ PARITY
    a, b = high + keys[0], low + keys[1]
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a = a + b
            b = a ^ (b << rotation | b >> 32 - rotation)
        a = a + keys[(group + 1) % 3]
        b = b + keys[(group + 2) % 3] + (group + 1)
    return a, b
