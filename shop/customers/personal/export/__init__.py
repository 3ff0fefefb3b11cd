"""All that we hold on a customer, as they download it: words and numbers, no secrets and no ids of ours."""
