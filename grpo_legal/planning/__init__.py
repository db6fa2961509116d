"""Will a run fit, how long will it take, and what will it cost: arithmetic on shapes, without torch.

`shapes` knows what a model is made of, `workload` what a run's settings ask for, `memory` adds up GiB, `speed` seconds,
`machines` holds memory, speed and price of common GPUs, `calibration` fits the speed to a measured run. Every
formula names its source in its docstring; what was assumed says so.

    from grpo_legal.planning import memory, shapes, workload
    work = workload.of(settings)
    memory.estimate(shapes.known(settings.policy.model), work).peak
"""
