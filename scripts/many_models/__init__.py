"""A repository of many models of which one shared block changed."""
