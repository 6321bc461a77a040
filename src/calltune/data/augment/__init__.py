"""`calltune augment`: training rows made out of gold rows and the contract; the kinds are in `kinds`."""

from calltune.data.augment.command import augment
from calltune.data.augment.config import AugmentConfig
from calltune.data.augment.context import Context, RunTimeTexts
from calltune.data.augment.kinds import KINDS
from calltune.data.augment.make import make
from calltune.data.augment.report import AugmentReport

__all__ = ["KINDS", "AugmentConfig", "AugmentReport", "Context", "RunTimeTexts", "augment", "make"]
