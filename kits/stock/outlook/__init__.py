"""Looking ahead: what the stock will be, week by week, and what to order by when."""
