"""What a GPU must show, in one command: is it right there, does a small policy learn, what does a large one cost.

    python -m benchmarks.gpu --small DIR                         check, train and large, in 9 minutes
    python -m benchmarks.gpu --small DIR --parts check,train     in two calls: first these,
    python -m benchmarks.gpu --small DIR --parts large           then this one, added to the same file
    python -m benchmarks.gpu --rehearse                          every part on a CPU, tiny random models

See README.md for what must be on a machine without network.
"""
