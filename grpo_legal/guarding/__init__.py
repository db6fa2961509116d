"""Guards of a run: what is seen in its metrics, and what is done about it while it trains. For both trainers.

    guard = Guarding(settings.guards, checkpoints, note=view.note, records=earlier, more=watch)
    metrics = MetricsLog(…, more=guard)             the record of a step is looked at as it is written
    callbacks = [metrics, guard, …]                 then what was decided is done, in this order
    guard.listen(trainer)

What guards did stands in the step's metrics record under `guards`, an entry for every sign that was there:

    guard, says     which one, and what it saw
    act, did        warn, lower, rollback or stop, and in words; both empty while a sign that was acted on lasts
    to              the step whose weights the run went back to, where it did

Steps are never counted back. A run that goes back to the weights of step 40 after step 53 makes step 54 from them, on the
data of step 54: the same data would end the same way, and step, data and checkpoint go on to agree, so that a resumed run
finds them. Adam's moments go back with the weights; the schedule of the learning rate is one of steps and goes on. The
place that was gone back to is saved as the checkpoint of step 53, so that no later call begins from what was given up.
"""

from grpo_legal.guarding.callback import Guarding
from grpo_legal.guarding.restoring import finite

__all__ = ["Guarding", "finite"]
