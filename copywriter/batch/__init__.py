"""Batch jobs: a table in, one finished record per row out, in input order.

    job = BatchJob(Path("catalog.csv"), Path("copy.jsonl"), languages, kinds)
    result = run_batch(job, make_writer=lambda: Writer(make_engine("echo")))

The job may be killed at any moment and loses at most the current chunk; ``run_batch`` with the
same settings finishes it, once more changes nothing, with other settings it is refused. The
output appears complete or not at all. See ``output`` for the files and ``journal`` for how a
job is continued.
"""

from copywriter.batch.job import BatchJob, BatchResult, run_batch
from copywriter.batch.progress import Progress, Reporter, make_reporter

__all__ = ["BatchJob", "BatchResult", "Progress", "Reporter", "make_reporter", "run_batch"]
