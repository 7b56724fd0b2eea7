"""What is inside a record: personal data, secrets and copies, found before it is trained on."""
