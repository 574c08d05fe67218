"""Settings, environment, addresses: the only room that reads the environment."""
