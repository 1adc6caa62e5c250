"""What a person meant: rules, pure and fast."""
