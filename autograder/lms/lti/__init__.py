"""LTI 1.3 Advantage, the tool's side: framework-neutral, and synchronous.

    login → launch            a person comes from the LMS: who, in which role, for which week
    deep_linking              an instructor picks weeks, and the LMS makes links of them
    services                  scores, line items and the class list; tokens gets the access tokens
    keys, keyset              our signing keys, and the platforms' public keys
    platforms, registration   which platforms may come, and how one is added
    checkup                   what `autograder lti test` tries, step by step

How platforms differ stands in platform_differences.json; what is stored, in tables.py.
"""
