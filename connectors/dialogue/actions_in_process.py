"""Runs our rasa_sdk actions inside the dialogue process instead of on an HTTP action server."""

from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class ActionFailed(BaseException):
    """An action raised. The name of the action and the type of its error, never a person's words.

    Not an ``Exception``, on purpose: rasa's processor logs and drops every ``Exception`` of an action and goes
    on without its replies. This one passes through, so that the turn fails where everybody can see it.
    """


class InProcessActions(EndpointConfig):  # type: ignore[misc, unused-ignore]
    """What rasa believes to be the action server."""

    def __init__(self, package: str) -> None:
        # selective_domain: the domain is handed over only to the actions that ask for it in domain/.
        super().__init__(selective_domain=True)
        # Rasa checks what a foreign server answers, compiling its schema anew each time: 24 of 29 ms of a turn.
        RemoteAction.action_response_format_spec = staticmethod(dict)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._executor.actions)

    async def request(self, *_: Any, json: dict[str, Any], **__: Any) -> Any:
        """Run one action; raises ``ActionFailed`` for anything that goes wrong in it."""
        try:
            return await self._executor.run(json)
        except Exception as error:
            cause = type(error).__name__
            raise ActionFailed(f"action {json.get('next_action')} failed with {cause}") from error
