"""What schemathesis puts into addresses, and what it looks for in answers. The test that runs it says in
the environment what there is to find, and what nobody may."""

import json
import os
import zlib

import schemathesis

# Values that lead somewhere, by the name of the parameter.
KNOWN = json.loads(os.environ["STARLING_KNOWN"])
# What is said where whoever asks does not belong.
SECRETS = json.loads(os.environ["STARLING_SECRETS"])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Mostly something that is there: by chance nothing would be. Chosen by what was generated, so that a
    run can be repeated."""
    for name, value in (path_parameters or {}).items():
        known = KNOWN.get(name, [])
        choice = zlib.crc32(repr(value).encode()) % (len(known) + 1)
        if choice < len(known):
            path_parameters[name] = known[choice]
    return path_parameters


@schemathesis.check
def nobody_reads_what_is_not_theirs(context, response, case):
    text = response.text
    for secret in SECRETS:
        assert secret not in text, f"{secret} was told"
