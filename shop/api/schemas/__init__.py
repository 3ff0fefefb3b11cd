"""The shapes of what the API takes and answers. What a kit allows is the domain's to say."""
