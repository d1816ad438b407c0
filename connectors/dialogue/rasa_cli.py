"""``python -m connectors.dialogue.rasa_cli data validate ...``: rasa's own command with what it needs put right."""

import re
import sys
from pathlib import Path
from typing import Any

from connectors.dialogue.compat import prepare_command_line

# Said of every project whose actions and forms speak through responses, whose `ask/...` intents have their
# answers elsewhere, and which has an intent that only buttons carry. All else that rasa warns of is worth reading.
EXPECTED = re.compile(
    r"The utterance 'utter_\w+' is not used in any story or rule"
    r"|Action 'utter_ask' is listed as a response action"
    r"|The intent 'choose' is listed in the domain file, but is not found in the NLU training data"
)


def main() -> None:
    """Pass the arguments on to rasa; components of config.yml are found from the current folder."""
    prepare_command_line()
    sys.path.insert(0, str(Path.cwd()))
    from rasa.__main__ import main as rasa_main

    _leave_out_expected_warnings()
    rasa_main()


def _leave_out_expected_warnings() -> None:
    import rasa.shared.utils.io as rasa_io

    warn = rasa_io.raise_warning

    def raise_warning(message: str, *args: Any, **kwargs: Any) -> None:
        if not EXPECTED.match(message):
            warn(message, *args, **kwargs)

    rasa_io.raise_warning = raise_warning


if __name__ == "__main__":
    main()
