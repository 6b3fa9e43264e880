"""Does the JSON for a developer key hold what Canvas needs?"""

from autograder.lms.lti.canvas_key import developer_key


def test_does_the_key_name_our_addresses_and_the_persons_number():
    made = developer_key("https://nn.example/")
    assert made["oidc_initiation_url"] == "https://nn.example/lti/login"
    assert made["public_jwk_url"] == "https://nn.example/lti/keys"
    assert made["custom_fields"] == {"canvas_user_id": "$Canvas.user.id"}
    settings = made["extensions"][0]["settings"]
    assert {each["message_type"] for each in settings["placements"]} == {"LtiDeepLinkingRequest"}
    assert len(made["scopes"]) == 5
