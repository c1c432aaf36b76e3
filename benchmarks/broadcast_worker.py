"""
One worker that tells followers, measured from inside; started by `benchmarks.broadcast`.

    python -m benchmarks.broadcast_worker SECONDS

It is the program's own broadcaster with its settings from the environment. One JSON object on
standard output says what it came to.
"""

import asyncio
import json
import logging
import resource
import sys
import time

import structlog

from homeward.assembly import assembled
from homeward.settings import FOR_WORKER, load


async def measure(seconds: float) -> dict[str, float]:
    """Tell followers for so long, or until nobody is left."""
    async with assembled(load(FOR_WORKER)) as parts:
        await parts.broadcaster.deliver_due()  # what is loaded once is loaded
        began, cpu = time.monotonic(), time.process_time()
        taken = 0
        while time.monotonic() - began < seconds:
            some = await parts.broadcaster.deliver_due()
            if not some:
                break
            taken += some
        took = time.monotonic() - began
        used = time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"sent": taken, "took_s": took, "cpu_s": used, "peak_mb": peak}


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(json.dumps(asyncio.run(measure(float(sys.argv[1])))))
