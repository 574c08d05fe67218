"""The demonstration's one job. Procrastinate finds this module by its name, where the demonstration is on."""

from procrastinate.contrib.django import app

from guichet.demo import filings, portfolios, sendings, subscribers


@app.task(name="demo.fill")
def fill() -> None:
    """Filings for the agents' desk, clients of firms, what people sent: the first start does not wait."""
    filings.fill()
    subscribers.fill()
    portfolios.fill()
    sendings.fill()
