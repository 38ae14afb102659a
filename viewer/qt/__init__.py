"""The small bridge to Qt: images from samples, answers from threads, small pictures."""
