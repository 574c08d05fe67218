"""The demonstration's one job. Procrastinate finds this module by its name, where the demonstration is on."""

from procrastinate.contrib.django import app

from guichet.demo import filings, subscribers


@app.task(name="demo.fill")
def fill() -> None:
    """Filings for the agents' desk, and the clients of a firm: the first start does not wait for them."""
    filings.fill()
    subscribers.fill()
