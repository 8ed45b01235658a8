"""What runs on AWS, one kind of thing a module: a few batched calls in, typed values out."""
