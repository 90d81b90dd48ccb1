"""What all kernels share: kernels and ports, array libraries, proof and measurement."""
