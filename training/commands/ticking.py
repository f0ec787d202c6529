"""The jobs process of `byp serve`: it ticks until its parent stops it."""

from training.house import open_house
from training.jobs import tick_for_ever
from training.logs import log_as_json

if __name__ == "__main__":
    log_as_json()
    tick_for_ever(open_house().works)
