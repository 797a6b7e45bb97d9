"""What differs between model families. A family is a few verbs; `base.py` names them and the table of families."""
