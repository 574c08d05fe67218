"""The life of a filing, and its receipt."""
