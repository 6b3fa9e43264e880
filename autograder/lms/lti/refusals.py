"""Every reason for which nobody is let in: its heading, and what to do about it.

Each text says what was expected, what was received, and what to do next. `{names}` are facts that
`Refused` fills in.
"""

from __future__ import annotations

_AGAIN = "Close this page and open the link in the LMS again."
_TELL = "If it happens again, send your instructor this page's text."
_FORGED = (
    "No LMS that works as it should sends this, so somebody may have changed the message on its "
    "way. " + _AGAIN + " " + _TELL
)
_REGISTRATION = (
    "For the instructor: compare the tool's settings in the LMS with what `autograder lti list` "
    "shows."
)

REFUSALS: dict[str, tuple[str, str]] = {
    # --- the login
    "no-issuer": (
        "This address is opened by an LMS",
        "Expected a login that says from which LMS it comes (iss), received none. Open the link in "
        "your course in the LMS; this address does nothing by itself.",
    ),
    "no-login-hint": (
        "The LMS did not say who is coming",
        "Expected a login_hint in the login from {issuer}, received none. " + _AGAIN,
    ),
    "no-target": (
        "The LMS did not say what to open",
        "Expected a target_link_uri in the login from {issuer}, received none. " + _REGISTRATION,
    ),
    "foreign-target": (
        "The LMS wants to open another site",
        "Expected an address of this service, {expected}, received {received}. " + _REGISTRATION,
    ),
    "unknown-platform": (
        "This LMS is not known here",
        "The login comes from {issuer} with the client id {client_id}, and no such platform is "
        "registered. For the instructor: `autograder lti list` shows those that are, and "
        "`autograder lti add` adds one.",
    ),
    "ambiguous-platform": (
        "The LMS did not say which of its tools this is",
        "{issuer} is registered here with several client ids, and its login names none. "
        + _REGISTRATION,
    ),
    "malformed-login": (
        "The login cannot be read",
        "Expected a {name} of at most {limit} printable characters, received {received}. " + _AGAIN,
    ),
    # --- the answer's frame: state, browser
    "platform-refused": (
        "The LMS did not let you through",
        "The LMS answered {error}: {description} Sign in to the LMS and open the link there again. "
        + _TELL,
    ),
    "no-token": (
        "The LMS sent nothing to go by",
        "Expected an id_token from the LMS, received none. This address is opened by an LMS: open "
        "the link in your course there.",
    ),
    "no-state": (
        "This launch has no beginning",
        "Expected the state of a login that began here, received none. " + _AGAIN,
    ),
    "state-unknown": (
        "This launch has no beginning",
        "The state belongs to no login that began here, or to one that was long ago. " + _AGAIN,
    ),
    "state-expired": (
        "This login took too long",
        "A login has to be done after {minutes} minutes, and this one was not. " + _AGAIN,
    ),
    "state-used": (
        "This launch has been used",
        "A launch counts once, and this one has been used: the page was reloaded, or the message "
        "was sent twice. " + _AGAIN,
    ),
    "no-cookie": (
        "Your browser did not recognise this page",
        "Expected the cookie that was set when the login began, received none: browsers withhold "
        "it from a page that is shown inside another site. Open the link in a new window, or allow "
        "cookies for this site.",
    ),
    "other-browser": (
        "This login began in another browser",
        "The state in the launch is not the one that this browser holds. " + _AGAIN,
    ),
    # --- the token's form and signature
    "malformed-token": (
        "The LMS's message cannot be read",
        "Expected a signed JSON web token, received something else ({problem}). " + _FORGED,
    ),
    "token-too-large": (
        "The LMS's message is too large",
        "Expected an id_token of at most {limit} characters, received {received}. " + _FORGED,
    ),
    "unsigned": (
        "The LMS's message is not signed",
        "Expected a signature by RS256, received the algorithm none. " + _FORGED,
    ),
    "wrong-algorithm": (
        "The LMS's message is signed in another way",
        "Expected a signature by RS256, received {received}. " + _FORGED,
    ),
    "no-key-id": (
        "The LMS's message does not say which key signed it",
        "Expected a kid in the token's header, received none. " + _REGISTRATION,
    ),
    "unknown-key": (
        "The LMS's message is signed with an unknown key",
        "The key {kid} is not among those that {issuer} publishes at {keyset}. " + _FORGED,
    ),
    "weak-key": (
        "The LMS's key is too weak",
        "Expected an RSA key of at least 2048 bits as {kid} at {keyset}, received {received}. "
        + _REGISTRATION,
    ),
    "keyset-unreachable": (
        "The LMS's keys cannot be read",
        "The keys at {keyset} are needed to check who you are, and they cannot be read: {problem} "
        "Try again in a minute. For the instructor: `autograder lti test` says which step fails.",
    ),
    "bad-signature": (
        "The LMS's message was changed",
        "The signature does not fit the message. " + _FORGED,
    ),
    # --- whom the token is from and for, and when
    "wrong-issuer": (
        "The message comes from another LMS",
        "The login began at {expected}, and the launch says {received}. " + _FORGED,
    ),
    "wrong-audience": (
        "The message is for another tool",
        "Expected the client id {expected} as aud, received {received}. " + _REGISTRATION,
    ),
    "no-authorized-party": (
        "The message does not say which tool it is for",
        "It is addressed to several ({received}), and then azp has to name one. " + _FORGED,
    ),
    "wrong-authorized-party": (
        "The message is for another tool",
        "Expected the client id {expected} as azp, received {received}. " + _REGISTRATION,
    ),
    "expired": (
        "This launch has expired",
        "The LMS's message was good until {until}, and now it is {now} (UTC). " + _AGAIN + " If it "
        "happens again, the clock of the LMS or of this service is wrong; `autograder lti test` "
        "compares them.",
    ),
    "from-the-future": (
        "This launch comes from the future",
        "The LMS's message was made at {made}, and now it is {now} (UTC). The clock of the LMS or "
        "of this service is wrong; for the instructor: `autograder lti test` compares them.",
    ),
    "too-old": (
        "This launch is too old",
        "The LMS's message was made at {made}, and now it is {now} (UTC). " + _AGAIN,
    ),
    "nonce-used": (
        "This launch has been used",
        "The nonce in the LMS's message belongs to a launch that has been used. " + _FORGED,
    ),
    "nonce-unknown": (
        "The message belongs to no login",
        "The nonce in the LMS's message was never given out here. " + _FORGED,
    ),
    "state-swapped": (
        "The message belongs to another login",
        "State and nonce belong to two different logins. " + _FORGED,
    ),
    # --- the claims
    "missing-claim": (
        "The LMS's message lacks something",
        "Expected the claim {claim}, received none. " + _REGISTRATION,
    ),
    "malformed-claim": (
        "The LMS's message cannot be read",
        "Expected {expected} as the claim {claim}, received {received}. " + _REGISTRATION,
    ),
    "wrong-version": (
        "The LMS speaks another version of LTI",
        "Expected version 1.3.0, received {received}. For the instructor: register the tool as "
        "LTI 1.3 in the LMS.",
    ),
    "unknown-message": (
        "The LMS asks for something unknown",
        "Expected {expected} as the message's type, received {received}. " + _REGISTRATION,
    ),
    "unknown-deployment": (
        "The tool was deployed once more in the LMS",
        "Launches of the deployment {received} are not accepted from {issuer}. For the instructor, "
        "if it is yours: `autograder lti deployment {number} {received}` accepts it.",
    ),
    "deployment-changed": (
        "The message belongs to another login",
        "The login named the deployment {expected}, and the launch names {received}. " + _FORGED,
    ),
    "anonymous": (
        "The LMS does not say who you are",
        "Expected a sub in the LMS's message, received none. Sign in to the LMS first. For the "
        "instructor: grades need a person, so anonymous launches are refused.",
    ),
    "not-in-a-course": (
        "This link is in no course",
        "Expected a launch from inside a course, received one without a context. Open the link in "
        "your course.",
    ),
    # --- what belongs to what
    "course-not-connected": (
        "This course in the LMS is not connected yet",
        "No instructor has opened this link from {title} yet. Ask your instructor to open it once.",
    ),
    "other-course": (
        "Another course in the LMS is connected here",
        "The service grades one course, and {title} is not connected with it. For the instructor, "
        "if it should be: `autograder lti connect {number}`.",
    ),
    "line-item-of-another-course": (
        "This link's grade belongs to another course",
        "The line item {line_item} is known from another course of the LMS, so no grade is sent "
        "there. For the instructor: delete this link in the LMS and add it again.",
    ),
    "foreign-service": (
        "The LMS names a service on an unsafe address",
        "Expected an address that begins with https:// as {name}, received {received}. "
        + _REGISTRATION,
    ),
    "no-deep-link": (
        "This launch picks nothing",
        "Expected a deep-linking launch, received another. Pick the tool where the LMS offers to "
        "add content.",
    ),
    "one-item-only": (
        "The LMS takes one week at a time",
        "Expected one week, received {received}. Pick one, and add the others in the same way.",
    ),
    # --- dynamic registration
    "invitation-unknown": (
        "This registration address is not valid",
        "It was not made here. For the instructor: `autograder lti invite` makes one.",
    ),
    "invitation-expired": (
        "This registration address has expired",
        "It was good for {hours} hours. For the instructor: `autograder lti invite` makes another.",
    ),
    "invitation-used": (
        "This registration address has been used",
        "An address registers one platform. For the instructor: `autograder lti invite` makes "
        "another.",
    ),
    "configuration-unreachable": (
        "The LMS's configuration cannot be read",
        "Expected the LMS's settings at {url}: {problem} For the instructor: register the tool by "
        "hand, see docs/lti.md.",
    ),
    "configuration-foreign": (
        "The LMS's configuration names another site",
        "Expected an address of {expected} as {name}, received {received}. For the instructor: "
        "register the tool by hand, see docs/lti.md.",
    ),
    "registration-refused": (
        "The LMS did not register the tool",
        "{problem} For the instructor: register the tool by hand, see docs/lti.md.",
    ),
}
