"""One slide looked over: a small function a rule, in one table.

`viewer.qa.checkup.runner` runs the rules of `viewer.qa.checkup.checks`. Rules are
imported one by one where a comparison needs them too, so nothing is imported here.
"""
