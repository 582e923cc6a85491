"""Row 4 as an author meets it: `git push` to a repository whose pre-receive hook runs validate.sh."""
def transcript(place, report):
    pass
