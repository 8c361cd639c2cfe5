"""A reference organisation on loopback: name service, SMP, access point and revocation lists, healthy or with a fault.

The demo and the tests run the verification suite against it. It shares no code with the suite, so that an error in
one of them shows as a disagreement instead of passing unseen.
"""
