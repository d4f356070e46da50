"""``python -m tests.support.patient_worker``: a worker that is given longer to stop.

So a busy machine cuts off nothing that a quiet one would have finished.
"""

from typing import Final

from backend_jobs import __main__ as worker

FINISH_S: Final = 15.0

if __name__ == "__main__":
    vars(worker)["FINISH_S"] = vars(worker)["RELEASE_S"] = FINISH_S
    worker.main()
