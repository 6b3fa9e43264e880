"""The JSON that Canvas takes as the settings of an LTI developer key."""

from __future__ import annotations

from typing import Any

from autograder.lms.lti import addresses, tokens
from autograder.lms.lti.differences import differences
from autograder.lms.lti.registration import TITLE

# Where Canvas offers the tool: when an assignment is made, and when a module gets an item.
_PLACEMENTS = ("assignment_selection", "link_selection")


def developer_key(base_url: str, title: str = TITLE) -> dict[str, Any]:
    """The settings of this tool.

    Args:
        base_url: the service's own address.
    """
    base = base_url.rstrip("/")
    launch = base + addresses.LAUNCH
    name, _, variable = differences("canvas").account_custom.partition("=")
    placements = [
        {
            "placement": each,
            "message_type": "LtiDeepLinkingRequest",
            "target_link_uri": launch,
            "enabled": True,
        }
        for each in _PLACEMENTS
    ]
    return {
        "title": title,
        "description": "Hand in a notebook and see it graded",
        "oidc_initiation_url": base + addresses.LOGIN,
        "target_link_uri": launch,
        "redirect_uris": [launch],
        "public_jwk_url": base + addresses.KEYSET,
        "scopes": list(tokens.SCOPES),
        "custom_fields": {name: variable},
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "privacy_level": "public",
                "settings": {"platform": "canvas.instructure.com", "placements": placements},
            }
        ],
    }
