"""Where files of strangers are opened: a child process for each task, with limits, forked from a warm zygote.

``client`` is the portal's side; everything else runs in the zygote and its children, which import no Django,
hold no secret, reach no network and see no file but those handed over as open descriptors.
"""
