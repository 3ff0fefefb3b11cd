"""The rules of billing, held to what the gateway has charged and to plans that are counted out day by day."""
