"""The agents' desk: the screens of the room ``instruction``, for every téléprocédure."""
