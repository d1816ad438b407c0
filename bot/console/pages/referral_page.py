"""The anonymised referral records, for those who follow them up and those who count them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from bot.console.door import Allow, console_of
from bot.console.pages.rendering import page
from bot.console.sessions import Visit
from bot.referrals import list_referrals
from bot.referrals.form import communes

router = APIRouter(prefix="/referrals")


@router.get("")
def show_referrals(request: Request, visit: Annotated[Visit, Depends(Allow("see_referrals"))]) -> Response:
    with console_of(request).database.read() as session:
        return page(request, "referrals.html", visit, referrals=list_referrals(session), communes=communes())
