"""What the source says of itself beside what the result says: scale, place, words."""

from viewer.qa.metadata.comparison import compare_metadata
from viewer.qa.metadata.differences import TagDifference, tag_differences

__all__ = ["TagDifference", "compare_metadata", "tag_differences"]
