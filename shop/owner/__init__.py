"""What the owner writes: facts about the shop, and the texts of its pages."""
