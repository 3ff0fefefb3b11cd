"""What we hold of a person: handed out, erased, and what the law makes us keep."""
