"""What sound files promise about themselves, checked against what they hold.

libsndfile reads what is left of a file that was cut short and says nothing; so the sizes are checked
here first.
"""
