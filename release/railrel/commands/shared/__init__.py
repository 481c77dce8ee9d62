"""What several verbs need. No verb looks into the folder of another."""
