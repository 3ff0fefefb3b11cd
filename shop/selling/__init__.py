"""What an order costs beside its goods: shipping by zone and weight, discount codes, the VAT in the prices."""
