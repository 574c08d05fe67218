"""What hostile and clumsy visitors try, and what the portal promises against it."""
