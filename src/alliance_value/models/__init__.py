"""A model's specification and a panel -> tidy estimates."""
