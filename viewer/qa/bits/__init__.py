"""Whether frames are the same codestreams."""
