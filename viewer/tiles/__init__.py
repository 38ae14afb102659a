"""Which tiles, and when: a plan, a cache and the threads that fill it."""
