"""What every section of the settings is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A group of settings. Unknown names and numbers that are not finite are faults."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, validate_default=True)
