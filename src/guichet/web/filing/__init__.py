"""The screens of every filing, from the first question to the receipt."""
