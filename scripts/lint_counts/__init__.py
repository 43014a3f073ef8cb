"""How often each rule speaks over whole libraries of tested code: a rule that begins to cry wolf is seen at once."""
