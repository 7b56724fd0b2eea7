"""How millions of records become far fewer situations, each of which is judged once.

`view` reads the registry and `corpus` the store; `inquiry` puts both together, and says what each
record is in, as far as rules can tell.
"""
