"""What Python source says: which modules it imports and which of their names it uses, read from its syntax tree."""
