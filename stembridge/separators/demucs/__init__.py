"""Demucs behind the ``Separator`` protocol: the only package that imports torch and demucs.

* ``separator`` -- ``DemucsSeparator``: any rate, mono or stereo, in; stems of the same rate and length out.
* ``loop`` -- a stream at the model's rate through the members of a model, segment by segment.
* ``overlap`` -- which stretches a member hears, and the overlap-add of what it answers.
* ``lanes`` -- segments side by side on the device, in order, with an answer to too little memory.
* ``network`` -- one member on its device: arrays in, arrays out.
* ``faster``, ``allocator`` -- what is computed in another way than upstream, to the same result, in less time.
* ``loading``, ``unpickling`` -- files to a model, without running what a stranger put into them.
* ``device``, ``cost`` -- where it runs, and what it will take.
"""

from stembridge.separators.demucs.device import available_devices
from stembridge.separators.demucs.loading import LoadedModel, Member, load_model
from stembridge.separators.demucs.separator import DemucsSeparator

__all__ = ["DemucsSeparator", "LoadedModel", "Member", "available_devices", "load_model"]
